import { enlarged } from "./columns";

/** Small dense integers: an id is handed out again after it came back. */
@final
export class SequenceIds {
  private returned: StaticArray<i32> = new StaticArray<i32>(64);
  private count: i32 = 0;
  private next: i32 = 0;

  take(): i32 {
    if (this.count > 0) {
      this.count -= 1;
      return this.returned[this.count];
    }
    this.next += 1;
    return this.next - 1;
  }

  give(id: i32): void {
    if (this.count === this.returned.length)
      this.returned = enlarged(this.returned, 2 * this.count);
    this.returned[this.count] = id;
    this.count += 1;
  }
}
