import { nextPowerOfTwo } from "../../core/math.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";

const { BITS, OWNERS } = BLOCK;

/** An entry of the ring: a block, and behind it what is lost when it is handed out. */
export const ENTRY = {
  BITS: 2,
  /** It holds content. */
  CACHED: 1,
  /** That has a key. */
  KEYED: 2,
  /** Where a block was taken out of the middle. */
  GAP: NULL_BLOCK,
} as const;

const { CACHED, KEYED, GAP } = ENTRY;

/**
 * Free blocks in the order in which they will be handed out, on a ring: neighbours in the queue are neighbours in memory, which a list of
 * linked blocks would jump about in. A block that is hit leaves a gap.
 */
export class BlockRing {
  /** Free blocks, and those of them that hold content. */
  count: number;
  cached = 0;
  protected readonly fields: BlockFields;
  protected readonly ring: Int32Array;
  /** The place of the first block, and the one behind the last. */
  protected first = 0;
  protected end: number;

  /** @param fields Of all blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(fields: BlockFields) {
    const blocks = fields.length >> BITS;
    this.fields = fields;
    this.ring = new Int32Array(nextPowerOfTwo(2 * blocks));
    this.count = blocks - 1;
    this.end = blocks - 1;
    for (let block = 1; block < blocks; block += 1) this.ring[block - 1] = block << ENTRY.BITS;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): number[] {
    return this.#entries().map((entry) => entry >> ENTRY.BITS);
  }

  /** Those of the first `count` blocks that hold content, in the same order. O(blocks). */
  cachedAmong(count: number): number[] {
    const entries = this.#entries().slice(0, count);
    return entries.filter((entry) => (entry & CACHED) !== 0).map((entry) => entry >> ENTRY.BITS);
  }

  /** All blocks hold nothing any more. O(blocks). */
  forget(): void {
    const mask = this.ring.length - 1;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask)
      this.ring[place]! &= ~(CACHED | KEYED);
    this.cached = 0;
  }

  /** Closes the gaps when there is no room for so many more blocks, which takes as many hits as the pool has blocks. */
  protected makeRoom(count: number): void {
    const mask = this.ring.length - 1;
    if (((this.end - this.first) & mask) + count > mask) this.#closeGaps(mask);
  }

  #closeGaps(mask: number): void {
    let place = this.first;
    for (const entry of this.#entries()) {
      this.ring[place] = entry;
      if ((entry & KEYED) !== 0) this.fields[((entry >> ENTRY.BITS) << BITS) | OWNERS] = ~place;
      place = (place + 1) & mask;
    }
    this.end = place;
  }

  #entries(): number[] {
    const entries: number[] = [];
    const mask = this.ring.length - 1;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask)
      if (this.ring[place] !== GAP) entries.push(this.ring[place]!);
    return entries;
  }
}
