import { enlargedIntegers } from "../../core/columns.ts";

const FIRST_ROWS = 64;
const FIRST_STRIDE = 64;

/**
 * Lists of blocks, one a row, in one column: row r has its entries from r × {@link stride} on. Loops over many rows need nothing but
 * the column and the lengths; both are replaced when a row or a list outgrows them.
 */
export class BlockRows {
  blocks = new Int32Array(FIRST_ROWS * FIRST_STRIDE);
  lengths = new Int32Array(FIRST_ROWS);
  /** Entries that a row has room for. */
  stride = FIRST_STRIDE;

  /** Rows that there is room for. */
  get size(): number {
    return this.lengths.length;
  }

  /** Makes room for `length` entries in a row. */
  reserve(row: number, length: number): void {
    if (row < this.lengths.length && length <= this.stride) return;
    let rows = this.lengths.length;
    while (rows <= row) rows *= 2;
    let { stride } = this;
    while (stride < length) stride *= 2;
    const blocks = new Int32Array(rows * stride);
    for (const [old, count] of this.lengths.entries()) {
      const from = old * this.stride;
      blocks.set(this.blocks.subarray(from, from + count), old * stride);
    }
    this.blocks = blocks;
    this.lengths = enlargedIntegers(this.lengths, rows);
    this.stride = stride;
  }

  /** Adds a block at the end of a row. */
  push(row: number, block: number): void {
    const length = this.lengths[row]!;
    this.reserve(row, length + 1);
    this.blocks[row * this.stride + length] = block;
    this.lengths[row] = length + 1;
  }

  /** The blocks of a row; O(length). */
  toArray(row: number): number[] {
    const from = row * this.stride;
    return Array.from(this.blocks.subarray(from, from + this.lengths[row]!));
  }
}
