import { assert } from "../../core/assert.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import type { HoleIndex } from "./hole-placement.ts";
import type { Address } from "./placement.ts";
import { SortedNumbers } from "./sorted-numbers.ts";

/** Holes in the order of their sizes, equal ones by address. */
export class HolesBySize implements HoleIndex {
  readonly #sizes: Int32Array;
  /** size × stride + address of each hole. */
  readonly #keys = new SortedNumbers();
  readonly #stride: number;

  constructor(slots: Slots) {
    this.#stride = slots + 1;
    assert(Number.isSafeInteger(this.#stride ** 2), `a pool of ${slots} slots is too large`);
    this.#sizes = new Int32Array(slots + 1);
  }

  get largest(): Slots {
    const key = this.#keys.last;
    return key === null ? 0 : Math.floor(key / this.#stride);
  }

  set(address: Address, size: Slots): void {
    const before = this.#sizes[address]!;
    if (before > 0) this.#keys.delete(before * this.#stride + address);
    if (size > 0) this.#keys.add(size * this.#stride + address);
    this.#sizes[address] = size;
  }

  sizeAt(address: Address): Slots {
    return this.#sizes[address]!;
  }

  holes(): Extent[] {
    const holes: Extent[] = [];
    for (let key = this.#keys.firstAtLeast(0); key !== null; key = this.#keys.firstAtLeast(key + 1))
      holes.push({ start: key % this.#stride, count: Math.floor(key / this.#stride) });
    return holes;
  }

  /** The smallest hole with at least `size` slots, the lowest among equals; null without one. */
  firstAtLeast(size: Slots): Address | null {
    const key = this.#keys.firstAtLeast(size * this.#stride);
    return key === null ? null : key % this.#stride;
  }
}
