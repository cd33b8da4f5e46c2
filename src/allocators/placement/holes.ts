import { fail } from "../../core/assert.ts";
import { enlargedIntegers } from "../../core/columns.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import type { Address } from "./placement.ts";
import { shiftDown, shiftUp } from "./shifts.ts";

/** More than any address or size, and a 32-bit integer as they are. */
const BEYOND_ALL = 2 ** 31 - 1;

/**
 * The holes of a pool by address, in two columns. There is at most one more than there are chunks, a few hundred as a rule: to go through
 * so many sizes, which lie one behind the other, takes less than to keep them in a tree.
 */
export class Holes {
  /** Holes there are; they are called 0 … `count` − 1. */
  count = 0;
  #starts = new Int32Array(64);
  #sizes = new Int32Array(64);
  /** What {@link roomiest} is; -1 when it has to be looked for, or there is none. */
  #roomiest = -1;

  /** The largest hole, the lowest among equals; -1 without any. */
  get roomiest(): number {
    if (this.#roomiest < 0) this.#roomiest = this.#findRoomiest();
    return this.#roomiest;
  }

  /** Slots of the largest. */
  get largest(): Slots {
    return this.count === 0 ? 0 : this.#sizes[this.roomiest]!;
  }

  /** The first hole from number `from` on that has at least `size` slots; -1 without one. */
  firstAtLeast(size: Slots, from: number): number {
    const sizes = this.#sizes;
    const { count } = this;
    for (let hole = from; hole < count; hole += 1) if (sizes[hole]! >= size) return hole;
    return -1;
  }

  /** The smallest hole with at least `size` slots, the lowest among equals; -1 without one. */
  tightest(size: Slots): number {
    const sizes = this.#sizes;
    const { count } = this;
    let best = -1;
    let leastWaste = BEYOND_ALL;
    for (let hole = 0; hole < count; hole += 1) {
      // A hole that is too small wastes more than any as a number without a sign.
      const waste = (sizes[hole]! - size) >>> 0;
      if (waste >= leastWaste) continue;
      if (waste === 0) return hole;
      best = hole;
      leastWaste = waste;
    }
    return best;
  }

  /** The first hole that starts at or after an address; {@link count} without one. */
  firstFrom(address: Address): number {
    const starts = this.#starts;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes `size` slots from the low end of a hole that has as many; returns where they start. */
  cut(hole: number, size: Slots): Address {
    const address = this.#starts[hole]!;
    const slots = this.#sizes[hole]!;
    if (hole === this.#roomiest) this.#roomiest = -1;
    if (slots === size) this.#remove(hole);
    else {
      this.#starts[hole] = address + size;
      this.#sizes[hole] = slots - size;
    }
    return address;
  }

  /** These slots are free from now on; they and the holes around them become one. Crashes if one of them was free. */
  open(address: Address, size: Slots): void {
    const starts = this.#starts;
    const sizes = this.#sizes;
    const end = address + size;
    const next = this.firstFrom(address);
    const previousEnd = next === 0 ? -1 : starts[next - 1]! + sizes[next - 1]!;
    const nextStart = next === this.count ? BEYOND_ALL : starts[next]!;
    if (previousEnd > address || nextStart < end) fail(`slot ${address} is free`);
    let merged = next;
    if (previousEnd === address) {
      merged = next - 1;
      sizes[merged]! += size;
      if (nextStart === end) {
        sizes[merged]! += sizes[next]!;
        this.#remove(next);
      }
    } else if (nextStart === end) {
      starts[next] = address;
      sizes[next]! += size;
    } else this.#insert(next, address, size);
    if (this.#roomiest >= 0) this.#roomiest = this.#roomier(merged, this.#roomiest);
  }

  /** All holes. */
  list(): Extent[] {
    return Array.from({ length: this.count }, (_, hole) => ({
      start: this.#starts[hole]!,
      count: this.#sizes[hole]!,
    }));
  }

  #findRoomiest(): number {
    const sizes = this.#sizes;
    const { count } = this;
    let roomiest = -1;
    let largest = 0;
    for (let hole = 0; hole < count; hole += 1) {
      if (sizes[hole]! <= largest) continue;
      roomiest = hole;
      largest = sizes[hole]!;
    }
    return roomiest;
  }

  /** The larger of two holes, the lower if they are equal. */
  #roomier(one: number, other: number): number {
    const more = this.#sizes[one]! - this.#sizes[other]!;
    return more > 0 || (more === 0 && one < other) ? one : other;
  }

  #insert(hole: number, address: Address, size: Slots): void {
    if (this.count === this.#starts.length) {
      this.#starts = enlargedIntegers(this.#starts, 2 * this.count);
      this.#sizes = enlargedIntegers(this.#sizes, 2 * this.count);
    }
    shiftUp(this.#starts, hole, this.count);
    shiftUp(this.#sizes, hole, this.count);
    this.#starts[hole] = address;
    this.#sizes[hole] = size;
    this.count += 1;
    if (this.#roomiest >= hole) this.#roomiest += 1;
  }

  #remove(hole: number): void {
    shiftDown(this.#starts, hole, this.count);
    shiftDown(this.#sizes, hole, this.count);
    this.count -= 1;
    if (this.#roomiest >= hole) this.#roomiest -= 1;
  }
}
