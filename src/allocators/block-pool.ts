import { fail } from "../core/assert.ts";
import { type Digest, LANES } from "../core/digest.ts";
import { RUN } from "../core/growth.ts";
import type { BlockColumn } from "./block-column.ts";
import type { ExtentColumns } from "./layout.ts";

const { first, second } = LANES;
const { COUNT, FROM, BITS } = RUN;

/**
 * Equal blocks with reference counts over a free stack (vLLM v0.2.0, `BlockAllocator`): first the highest id, then what came back last.
 * The stack and the tables that blocks go to lie in one column. What is kept of a count is the owners beyond the first, so that blocks
 * which nobody shares come and go by the dozen, in loops that touch the column alone.
 */
export class BlockPool {
  readonly size: number;
  private readonly column: BlockColumn;
  /** The free blocks lie from here on to before the top. */
  private readonly bottom: number;
  #top = 0;
  /** How many of its run {@link takeForEach} has served when it stops within one. */
  served = 0;
  /** Owners of each block beyond the first; 0 for free ones. */
  private readonly others: Int32Array;
  /** Made when {@link referenceCounts} is asked for. */
  #counts: Int32Array | null = null;
  /** Takes in every block that is handed out. */
  private readonly placements: Digest;

  /** The stack of `blocks` blocks lies in `column` from place `bottom` on. */
  constructor(blocks: number, column: BlockColumn, bottom: number, placements: Digest) {
    this.size = blocks;
    this.column = column;
    this.bottom = bottom;
    this.#top = bottom + blocks;
    this.others = new Int32Array(blocks);
    this.placements = placements;
    for (let block = 0; block < blocks; block += 1) column.cells[bottom + block] = block;
  }

  get freeCount(): number {
    return this.#top - this.bottom;
  }

  /** Takes the block on top of the free stack, with one owner. */
  take(): number {
    if (this.#top === this.bottom) fail("a block is taken from an empty pool");
    this.#top -= 1;
    const block = this.column.cells[this.#top]!;
    this.placements.add(block);
    return block;
  }

  /** Takes blocks one after the other into the column, from place `from` to before `until`. */
  takeInto(from: number, until: number): void {
    const { cells } = this.column;
    const digest = this.placements;
    let top = this.#top;
    let a = digest.first;
    let b = digest.second;
    if (until - from > top - this.bottom) fail("a block is taken from an empty pool");
    for (let at = from; at < until; at += 1) {
      top -= 1;
      const block = cells[top]!;
      cells[at] = block;
      a = first(a, block);
      b = second(b, block);
    }
    this.#top = top;
    digest.first = a;
    digest.second = b;
  }

  /**
   * Takes a block for each row of the {@link RUN}s of `rows` from number `from` on to before `until`, in that order, but for the `served`
   * first ones of the first run, and puts it at the end of the row's table. Stops at a row without room: returns the number of its run, of
   * which {@link served} have a block, and `until` when all have.
   */
  takeForEach(
    rows: Int32Array,
    runs: Int32Array,
    from: number,
    until: number,
    served: number,
  ): number {
    const { cells, ends } = this.column;
    const digest = this.placements;
    let top = this.#top;
    let a = digest.first;
    let b = digest.second;
    let run = from;
    for (let skipped = served; run < until; run += 1, skipped = 0) {
      let at = runs[(run << BITS) | FROM]! + skipped;
      const end = runs[(run << BITS) | FROM]! + runs[(run << BITS) | COUNT]!;
      for (; at < end; at += 1) {
        const row = rows[at]!;
        const last = cells[ends + row]!;
        if (cells[last]! < 0) break;
        top -= 1;
        const block = cells[top]!;
        cells[last] = block;
        cells[ends + row] = last + 1;
        a = first(a, block);
        b = second(b, block);
      }
      if (at === end) continue;
      this.served = at - runs[(run << BITS) | FROM]!;
      break;
    }
    if (top < this.bottom) fail("a block is taken from an empty pool");
    this.#top = top;
    digest.first = a;
    digest.second = b;
    return run;
  }

  /** A block that somebody has gains an owner. */
  share(block: number): void {
    this.others[block]! += 1;
  }

  isShared(block: number): boolean {
    return this.others[block]! > 0;
  }

  /** One owner less; without owners the block is free. */
  drop(block: number): void {
    if (this.others[block]! > 0) {
      this.others[block]! -= 1;
      return;
    }
    if (this.freeCount === this.size) fail("more blocks come back than there are");
    this.column.cells[this.#top] = block;
    this.#top += 1;
  }

  /** Drops the blocks of the column from place `from` to before `until`, in that order, none of which is shared. */
  dropUnshared(from: number, until: number): void {
    const top = this.#top + until - from;
    if (top > this.bottom + this.size) fail("more blocks come back than there are");
    this.column.cells.copyWithin(this.#top, from, until);
    this.#top = top;
  }

  /** Free blocks, bottom of the stack first. O(blocks). */
  freeBlocks(): number[] {
    return Array.from(this.column.cells.subarray(this.bottom, this.#top));
  }

  /** Lists the free blocks, bottom of the stack first. */
  describeFree(free: ExtentColumns): void {
    free.addCells(this.column.cells, this.bottom, this.#top);
  }

  /** Owners of every block, 0 for free ones; the next call overwrites them. O(blocks). */
  referenceCounts(): Int32Array {
    this.#counts ??= new Int32Array(this.size);
    const counts = this.#counts;
    for (let block = 0; block < this.size; block += 1) counts[block] = this.others[block]! + 1;
    for (let at = this.bottom; at < this.#top; at += 1) counts[this.column.cells[at]!]! -= 1;
    return counts;
  }
}
