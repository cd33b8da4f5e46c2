import { assert } from "../../core/assert.ts";

/**
 * The free blocks in the order in which they will be handed out, least recently freed first (vLLM V1, `FreeKVCacheBlockQueue`): a
 * doubly linked list, so that a block that is hit leaves from the middle in O(1). Block 0 is never free; it closes the ring.
 */
export class FreeQueue {
  /** Of block b: the next one at 2b, the one before at 2b + 1. */
  readonly #links: Int32Array;
  #count: number;

  /** @param blocks All blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(blocks: number) {
    this.#links = new Int32Array(2 * blocks);
    this.#count = blocks - 1;
    for (let block = 0; block < blocks; block += 1) {
      this.#links[2 * block] = block + 1 < blocks ? block + 1 : 0;
      this.#links[2 * block + 1] = block > 0 ? block - 1 : blocks - 1;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Moves the first `count` blocks to `blocks`, from index `from` on. */
  take(count: number, blocks: Int32Array, from: number): void {
    assert(count <= this.#count, "more blocks are taken than are free");
    const links = this.#links;
    let block = links[0]!;
    for (let index = from; index < from + count; index += 1) {
      blocks[index] = block;
      block = links[2 * block]!;
    }
    links[0] = block;
    links[2 * block + 1] = 0;
    this.#count -= count;
  }

  append(block: number): void {
    const links = this.#links;
    const last = links[1]!;
    links[2 * last] = block;
    links[2 * block] = 0;
    links[2 * block + 1] = last;
    links[1] = block;
    this.#count += 1;
  }

  /** Takes a free block out of its place. */
  remove(block: number): void {
    const links = this.#links;
    const after = links[2 * block]!;
    const before = links[2 * block + 1]!;
    links[2 * before] = after;
    links[2 * after + 1] = before;
    this.#count -= 1;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): number[] {
    const blocks: number[] = [];
    for (let block = this.#links[0]!; block !== 0; block = this.#links[2 * block]!) {
      blocks.push(block);
    }
    return blocks;
  }
}
