import { assert } from "../core/assert.ts";
import type { BlockRows } from "./block-rows.ts";
import type { ExtentColumns } from "./layout.ts";
import type { Placements } from "./placements.ts";

/** Blocks from which on one call copies faster than a loop. */
const LONG_RUN = 64;

/**
 * Equal blocks with reference counts over a free stack (vLLM v0.2.0, `BlockAllocator`): first the highest id, then what came back last.
 * What is kept of a count is the owners beyond the first, so that blocks which nobody shares come and go by the dozen, in loops that
 * touch the stack alone.
 */
export class BlockPool {
  readonly size: number;
  /** The first {@link freeCount} are free, the top of the stack last. */
  readonly #free: Int32Array;
  #freeCount: number;
  /** Owners of each block beyond the first; 0 for free ones. */
  readonly #others: Int32Array;
  /** Made when {@link referenceCounts} is asked for. */
  #counts: Int32Array | null = null;

  readonly #placements: Placements;

  constructor(blocks: number, placements: Placements) {
    this.size = blocks;
    this.#placements = placements;
    this.#free = Int32Array.from({ length: blocks }, (_, block) => block);
    this.#freeCount = blocks;
    this.#others = new Int32Array(blocks);
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  /** Takes the block on top of the free stack, with one owner. */
  take(): number {
    assert(this.#freeCount > 0, "a block is taken from an empty pool");
    this.#freeCount -= 1;
    const block = this.#free[this.#freeCount]!;
    this.#placements.place(block);
    return block;
  }

  /** Takes blocks one after the other into `blocks`, from place `from` to before `until`. */
  takeInto(blocks: Int32Array, from: number, until: number): void {
    const free = this.#free;
    const count = until - from;
    const top = this.#freeCount - count;
    assert(top >= 0, "a block is taken from an empty pool");
    if (count > LONG_RUN) {
      blocks.set(free.subarray(top, top + count), from);
      blocks.subarray(from, until).reverse();
    } else for (let at = 0; at < count; at += 1) blocks[until - 1 - at] = free[top + at]!;
    this.#placements.placeDown(free, this.#freeCount - 1, top);
    this.#freeCount = top;
  }

  /** Takes a block for each of the `count` rows that `rows` has from place `from` on, in that order, and puts it at the row's end. */
  takeForEach(tables: BlockRows, rows: Int32Array, from: number, count: number): void {
    const free = this.#free;
    let { blocks, lengths, stride } = tables;
    let top = this.#freeCount;
    assert(count <= top, "a block is taken from an empty pool");
    const until = from + count;
    for (let at = from; at < until; at += 1) {
      const row = rows[at]!;
      const length = lengths[row]!;
      if (length === stride) {
        tables.reserve(row, length + 1);
        ({ blocks, lengths, stride } = tables);
      }
      top -= 1;
      blocks[row * stride + length] = free[top]!;
      lengths[row] = length + 1;
    }
    this.#placements.placeDown(free, this.#freeCount - 1, top);
    this.#freeCount = top;
  }

  /** A block that somebody has gains an owner. */
  share(block: number): void {
    this.#others[block]! += 1;
  }

  isShared(block: number): boolean {
    return this.#others[block]! > 0;
  }

  /** One owner less; without owners the block is free. */
  drop(block: number): void {
    if (this.#others[block]! > 0) {
      this.#others[block]! -= 1;
      return;
    }
    assert(this.#freeCount < this.size, "more blocks come back than there are");
    this.#free[this.#freeCount] = block;
    this.#freeCount += 1;
  }

  /** Drops `blocks` from place `from` to before `until`, in that order, none of which is shared. */
  dropUnshared(blocks: Int32Array, from: number, until: number): void {
    const free = this.#free;
    const count = until - from;
    const top = this.#freeCount;
    assert(top + count <= this.size, "more blocks come back than there are");
    if (count > LONG_RUN) free.set(blocks.subarray(from, until), top);
    else for (let at = 0; at < count; at += 1) free[top + at] = blocks[from + at]!;
    this.#freeCount = top + count;
  }

  /** Free blocks, bottom of the stack first. O(blocks). */
  freeBlocks(): number[] {
    return Array.from(this.#free.subarray(0, this.#freeCount));
  }

  /** Lists the free blocks, bottom of the stack first. */
  describeFree(free: ExtentColumns): void {
    free.addCells(this.#free, 0, this.#freeCount);
  }

  /** Owners of every block, 0 for free ones; the next call overwrites them. O(blocks). */
  referenceCounts(): Int32Array {
    this.#counts ??= new Int32Array(this.size);
    const counts = this.#counts;
    for (let block = 0; block < this.size; block += 1) counts[block] = this.#others[block]! + 1;
    for (let at = 0; at < this.#freeCount; at += 1) counts[this.#free[at]!]! -= 1;
    return counts;
  }
}
