import { assert } from "../../core/assert.ts";
import { type BlockFields, LEFT, WIDTH } from "./block-fields.ts";

/**
 * The free blocks in the order in which they will be handed out, least recently freed first (vLLM V1, `FreeKVCacheBlockQueue`), on a
 * ring. A block that is hit leaves from the middle in O(1): its place stays, and is passed over when its turn comes.
 */
export class FreeQueue {
  readonly #fields: BlockFields;
  #ring: Int32Array;
  #mask: number;
  #head = 0;
  /** Places from the head on, passed over or not. */
  #places: number;
  #count: number;

  /** @param fields Of all blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(fields: BlockFields) {
    const blocks = fields.length / WIDTH;
    let size = 16;
    while (size < 2 * blocks) size *= 2;
    this.#fields = fields;
    this.#ring = new Int32Array(size);
    this.#mask = size - 1;
    this.#count = blocks - 1;
    this.#places = blocks - 1;
    for (let block = 1; block < blocks; block += 1) this.#ring[block - 1] = block;
  }

  get count(): number {
    return this.#count;
  }

  /** Moves the first `count` blocks to `blocks`, from index `from` on. */
  take(count: number, blocks: Int32Array, from: number): void {
    assert(count <= this.#count, "more blocks are taken than are free");
    const fields = this.#fields;
    const ring = this.#ring;
    const mask = this.#mask;
    const until = from + count;
    const begin = this.#head;
    let head = begin;
    for (let at = from; at < until; ) {
      const block = ring[head]!;
      head = (head + 1) & mask;
      const left = fields[block * WIDTH + LEFT]!;
      if (left === 0) blocks[at++] = block;
      else fields[block * WIDTH + LEFT] = left - 1;
    }
    this.#head = head;
    this.#places -= (head - begin) & mask;
    this.#count -= count;
  }

  append(block: number): void {
    if (this.#places > this.#mask) this.#close();
    this.#ring[(this.#head + this.#places) & this.#mask] = block;
    this.#places += 1;
    this.#count += 1;
  }

  /** Takes a free block out of its place. */
  remove(block: number): void {
    this.#fields[block * WIDTH + LEFT]! += 1;
    this.#count -= 1;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): number[] {
    const blocks: number[] = [];
    const left = new Map<number, number>();
    for (let place = 0; place < this.#places; place += 1) {
      const block = this.#ring[(this.#head + place) & this.#mask]!;
      const passed = left.get(block) ?? 0;
      if (passed < this.#fields[block * WIDTH + LEFT]!) left.set(block, passed + 1);
      else blocks.push(block);
    }
    return blocks;
  }

  /** Does away with the places that were left: at least half of all. */
  #close(): void {
    const blocks = this.toArray();
    for (let at = LEFT; at < this.#fields.length; at += WIDTH) this.#fields[at] = 0;
    this.#ring.set(blocks);
    this.#head = 0;
    this.#places = blocks.length;
  }
}
