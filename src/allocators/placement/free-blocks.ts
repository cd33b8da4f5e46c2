import { fail } from "../../core/assert.ts";
import { enlargedIntegers } from "../../core/columns.ts";
import { shiftDown, shiftUp } from "./shifts.ts";

/**
 * The free blocks of one size, each as its address in such blocks. They lie in descending order, the lowest last; there are few as a
 * rule, and to move those behind a place takes less than to keep a tree.
 */
export class FreeBlocks {
  count = 0;
  #blocks = new Int32Array(8);

  /** Takes out the lowest, of at least one. */
  takeLowest(): number {
    this.count -= 1;
    return this.#blocks[this.count]!;
  }

  /** Takes in a block, or takes out its buddy if that is free: then they are one of twice the size. Whether they are. */
  give(block: number): boolean {
    const place = this.#placeOf(block | 1);
    const met = place < this.count ? this.#blocks[place]! : -1;
    if (met === block) fail(`block ${block} is free`);
    if (met === (block ^ 1)) {
      shiftDown(this.#blocks, place, this.count);
      this.count -= 1;
      return true;
    }
    this.#insert(place, block);
    return false;
  }

  /** All of them, the lowest first. */
  ascending(): number[] {
    return [...this.#blocks.subarray(0, this.count)].reverse();
  }

  /** How many blocks are higher. */
  #placeOf(block: number): number {
    const blocks = this.#blocks;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (blocks[middle]! > block) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(place: number, block: number): void {
    const { count } = this;
    if (count === this.#blocks.length) this.#blocks = enlargedIntegers(this.#blocks, 2 * count);
    shiftUp(this.#blocks, place, count);
    this.#blocks[place] = block;
    this.count = count + 1;
  }
}
