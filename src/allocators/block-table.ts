import type { Extent } from "./allocator.ts";

/** Where a sequence's blocks are. */
export type Place = "nowhere" | "gpu" | "cpu";

const FIRST_CAPACITY = 32;

/** The blocks of one sequence in token order. Its room stays when it is emptied, for the sequence that has the id next. */
export class BlockTable {
  place: Place = "nowhere";
  /** Entries that count; what lies behind them is left over. */
  length = 0;
  #blocks = new Int32Array(FIRST_CAPACITY);

  /** The blocks; only the first {@link length} count. */
  get blocks(): Int32Array {
    return this.#blocks;
  }

  get last(): number {
    return this.#blocks[this.length - 1]!;
  }

  push(block: number): void {
    if (this.length === this.#blocks.length) this.#enlarge(2 * this.length);
    this.#blocks[this.length] = block;
    this.length += 1;
  }

  replaceLast(block: number): void {
    this.#blocks[this.length - 1] = block;
  }

  /** Becomes the first `length` entries of another table. */
  copyFrom(other: BlockTable, length: number): void {
    if (length > this.#blocks.length) this.#enlarge(length);
    this.#blocks.set(other.#blocks.subarray(0, length));
    this.length = length;
  }

  toArray(): number[] {
    return Array.from(this.#blocks.subarray(0, this.length));
  }

  /** An extent a block. */
  extents(): Extent[] {
    const extents: Extent[] = [];
    for (let at = 0; at < this.length; at += 1)
      extents.push({ start: this.#blocks[at]!, count: 1 });
    return extents;
  }

  #enlarge(capacity: number): void {
    const blocks = new Int32Array(capacity);
    blocks.set(this.#blocks);
    this.#blocks = blocks;
  }
}
