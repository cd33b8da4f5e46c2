import { assert, fail } from "../core/assert.ts";
import type { Extent } from "./allocator.ts";

/**
 * Equal blocks with reference counts over a free stack (vLLM v0.2.0, `BlockAllocator`): first the highest id, then what came back last.
 * Blocks come and go by the dozen, so both are loops over columns.
 */
export class BlockPool {
  readonly size: number;
  /** The first {@link freeCount} are free, the top of the stack last. */
  readonly #free: Int32Array;
  #freeCount: number;
  readonly #references: Int32Array;

  constructor(blocks: number) {
    this.size = blocks;
    this.#free = Int32Array.from({ length: blocks }, (_, block) => block);
    this.#freeCount = blocks;
    this.#references = new Int32Array(blocks);
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  get references(): Int32Array {
    return this.#references;
  }

  /** Takes the block on top of the free stack, with one owner. */
  take(): number {
    assert(this.#freeCount > 0, "a block is taken from an empty pool");
    this.#freeCount -= 1;
    const block = this.#free[this.#freeCount]!;
    this.#references[block] = 1;
    return block;
  }

  /** Takes blocks one after the other into `blocks`, from place `from` to before `until`. */
  takeInto(blocks: Int32Array, from: number, until: number): void {
    const free = this.#free;
    const references = this.#references;
    let top = this.#freeCount;
    assert(until - from <= top, "a block is taken from an empty pool");
    for (let at = from; at < until; at += 1) {
      top -= 1;
      const block = free[top]!;
      references[block] = 1;
      blocks[at] = block;
    }
    this.#freeCount = top;
  }

  share(block: number): void {
    if (this.#references[block]! <= 0) fail(`block ${block} is shared but nobody owns it`);
    this.#references[block]! += 1;
  }

  isShared(block: number): boolean {
    return this.#references[block]! > 1;
  }

  /** One owner less; without owners the block is free. */
  drop(block: number): void {
    const owners = this.#references[block]! - 1;
    if (owners < 0) fail(`block ${block} is released twice`);
    this.#references[block] = owners;
    if (owners > 0) return;
    this.#free[this.#freeCount] = block;
    this.#freeCount += 1;
  }

  /** One owner less for each of `blocks` from place `from` to before `until`, in that order. */
  dropAll(blocks: Int32Array, from: number, until: number): void {
    const free = this.#free;
    const references = this.#references;
    let top = this.#freeCount;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at]!;
      const owners = references[block]! - 1;
      if (owners < 0) fail(`block ${block} is released twice`);
      references[block] = owners;
      if (owners > 0) continue;
      free[top] = block;
      top += 1;
    }
    this.#freeCount = top;
  }

  /** Free blocks, bottom of the stack first. O(blocks). */
  freeBlocks(): number[] {
    return Array.from(this.#free.subarray(0, this.#freeCount));
  }

  freeExtents(): Extent[] {
    return this.freeBlocks().map((start) => ({ start, count: 1 }));
  }
}
