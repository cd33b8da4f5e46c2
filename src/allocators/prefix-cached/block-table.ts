/** The null block: stands where a sliding window has moved on. It is never handed out, freed or counted. */
export const NULL_BLOCK = 0;

/** The blocks of one request in one group of layers, in token order. */
export class BlockTable {
  #blocks = new Int32Array(8);
  length = 0;

  /** Valid up to {@link length}, until the next call of {@link reserve}. */
  get blocks(): Int32Array {
    return this.#blocks;
  }

  at(index: number): number {
    return this.#blocks[index]!;
  }

  push(block: number): void {
    this.reserve(1);
    this.#blocks[this.length] = block;
    this.length += 1;
  }

  /** The window has moved past the block at `index`. */
  clear(index: number): void {
    this.#blocks[index] = NULL_BLOCK;
  }

  /** Makes room for `count` blocks more. */
  reserve(count: number): void {
    if (this.length + count <= this.#blocks.length) return;
    const grown = new Int32Array(Math.max(this.length + count, 2 * this.#blocks.length));
    grown.set(this.#blocks.subarray(0, this.length));
    this.#blocks = grown;
  }

  toArray(): number[] {
    return Array.from(this.#blocks.subarray(0, this.length));
  }
}
