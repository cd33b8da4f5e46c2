import { enlarged } from "../../core/columns";
import { shiftDown, shiftUp } from "./shifts";

/**
 * The holes of a pool by address, in two columns. There is at most one more than there are chunks, a few hundred as a rule: to go through
 * so many sizes, which lie one behind the other, takes less than to keep them in a tree.
 */
@final
export class Holes {
  /** Holes there are; they are called 0 … `count` − 1. */
  count: i32 = 0;
  starts: StaticArray<i32> = new StaticArray<i32>(64);
  sizes: StaticArray<i32> = new StaticArray<i32>(64);
  /** What {@link roomiest} is; −1 when it has to be looked for, or there is none. */
  private known: i32 = -1;

  /** The largest hole, the lowest among equals; −1 without any. */
  roomiest(): i32 {
    if (this.known < 0) this.known = this.findRoomiest();
    return this.known;
  }

  /** Slots of the largest. */
  largest(): i32 {
    return this.count === 0 ? 0 : this.sizes[this.roomiest()];
  }

  /** The first hole from number `from` on that has at least `size` slots; −1 without one. */
  firstAtLeast(size: i32, from: i32): i32 {
    const sizes = this.sizes;
    const count = this.count;
    for (let hole = from; hole < count; hole += 1) if (sizes[hole] >= size) return hole;
    return -1;
  }

  /** The smallest hole with at least `size` slots, the lowest among equals; −1 without one. */
  tightest(size: i32): i32 {
    const sizes = this.sizes;
    const count = this.count;
    let best = -1;
    let leastWaste: u32 = i32.MAX_VALUE;
    for (let hole = 0; hole < count; hole += 1) {
      // A hole that is too small wastes more than any as a number without a sign.
      const waste = <u32>(sizes[hole] - size);
      if (waste >= leastWaste) continue;
      if (waste === 0) return hole;
      best = hole;
      leastWaste = waste;
    }
    return best;
  }

  /** The first hole that starts at or after an address; {@link count} without one. */
  firstFrom(address: i32): i32 {
    const starts = this.starts;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle] < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes `size` slots from the low end of a hole that has as many; returns where they start. */
  cut(hole: i32, size: i32): i32 {
    const address = this.starts[hole];
    const slots = this.sizes[hole];
    if (hole === this.known) this.known = -1;
    if (slots === size) this.remove(hole);
    else {
      this.starts[hole] = address + size;
      this.sizes[hole] = slots - size;
    }
    return address;
  }

  /** These slots are free from now on; they and the holes around them become one. Crashes if one of them was free. */
  open(address: i32, size: i32): void {
    const starts = this.starts;
    const sizes = this.sizes;
    const end = address + size;
    const next = this.firstFrom(address);
    const previousEnd = next === 0 ? -1 : starts[next - 1] + sizes[next - 1];
    const nextStart = next === this.count ? i32.MAX_VALUE : starts[next];
    assert(previousEnd <= address && nextStart >= end, "a slot is free already");
    let merged = next;
    if (previousEnd === address) {
      merged = next - 1;
      sizes[merged] += size;
      if (nextStart === end) {
        sizes[merged] += sizes[next];
        this.remove(next);
      }
    } else if (nextStart === end) {
      starts[next] = address;
      sizes[next] += size;
    } else this.insert(next, address, size);
    if (this.known >= 0) this.known = this.roomier(merged, this.known);
  }

  private findRoomiest(): i32 {
    const sizes = this.sizes;
    const count = this.count;
    let roomiest = -1;
    let largest = 0;
    for (let hole = 0; hole < count; hole += 1) {
      if (sizes[hole] <= largest) continue;
      roomiest = hole;
      largest = sizes[hole];
    }
    return roomiest;
  }

  /** The larger of two holes, the lower if they are equal. */
  private roomier(one: i32, other: i32): i32 {
    const more = this.sizes[one] - this.sizes[other];
    return more > 0 || (more === 0 && one < other) ? one : other;
  }

  private insert(hole: i32, address: i32, size: i32): void {
    if (this.count === this.starts.length) {
      this.starts = enlarged(this.starts, 2 * this.count);
      this.sizes = enlarged(this.sizes, 2 * this.count);
    }
    shiftUp(this.starts, hole, this.count);
    shiftUp(this.sizes, hole, this.count);
    this.starts[hole] = address;
    this.sizes[hole] = size;
    this.count += 1;
    if (this.known >= hole) this.known += 1;
  }

  private remove(hole: i32): void {
    shiftDown(this.starts, hole, this.count);
    shiftDown(this.sizes, hole, this.count);
    this.count -= 1;
    if (this.known >= hole) this.known -= 1;
  }
}
