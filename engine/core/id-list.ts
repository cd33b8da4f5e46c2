import { enlarged } from "./columns";

/** A list of small integers ≥ 0 that is emptied and filled again without making garbage. */
@final
export class IdList {
  length: i32 = 0;
  private ids: StaticArray<i32> = new StaticArray<i32>(16);

  @inline
  at(index: i32): i32 {
    return this.ids[index];
  }

  @inline
  push(id: i32): void {
    const length = this.length;
    if (length === this.ids.length) this.ids = enlarged(this.ids, 2 * length);
    this.ids[length] = id;
    this.length = length + 1;
  }

  /** Puts an id before the one at a place, or behind the last. */
  insert(place: i32, id: i32): void {
    this.push(id);
    const ids = this.ids;
    for (let at = this.length - 1; at > place; at -= 1) ids[at] = ids[at - 1];
    ids[place] = id;
  }

  /** Takes out an id, if it is there; the others keep their order. O(length). */
  remove(id: i32): void {
    const ids = this.ids;
    const length = this.length;
    let place = 0;
    while (place < length && ids[place] !== id) place += 1;
    if (place === length) return;
    this.length = length - 1;
    for (; place < length - 1; place += 1) ids[place] = ids[place + 1];
  }

  @inline
  clear(): void {
    this.length = 0;
  }
}
