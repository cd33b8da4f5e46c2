import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import type { HoleIndex } from "./hole-placement.ts";
import { MaxTree } from "./max-tree.ts";
import type { Address } from "./placement.ts";

/** Holes in the order of their addresses. */
export class HolesByAddress implements HoleIndex {
  readonly #sizes: MaxTree;

  constructor(slots: Slots) {
    this.#sizes = new MaxTree(slots + 1);
  }

  get largest(): Slots {
    return this.#sizes.max;
  }

  set(address: Address, size: Slots): void {
    this.#sizes.set(address, size);
  }

  sizeAt(address: Address): Slots {
    return this.#sizes.get(address);
  }

  holes(): Extent[] {
    const holes: Extent[] = [];
    for (let start = this.firstAtLeast(1, 0); start !== null; ) {
      const count = this.sizeAt(start);
      holes.push({ start, count });
      start = this.firstAtLeast(1, start + 1);
    }
    return holes;
  }

  /** The lowest hole at or after `from` with at least `size` slots; null without one. */
  firstAtLeast(size: Slots, from: Address): Address | null {
    return this.#sizes.firstAtLeast(size, from);
  }
}
