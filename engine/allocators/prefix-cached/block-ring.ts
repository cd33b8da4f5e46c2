import { nextPowerOfTwo } from "../../core/columns";
import { FreeUnits } from "../free-units";
import { ExtentColumns } from "../layout";
import { BLOCK_BITS, BlockFields, NULL_BLOCK, OWNERS } from "./block-fields";

/** An entry of the ring: a block, and behind it in so many bits what is lost when it is handed out. */
export const ENTRY_BITS: i32 = 2;
/** It holds content. */
export const CACHED: i32 = 1;
/** That has a key. */
export const KEYED: i32 = 2;
/** Where a block was taken out of the middle. */
export const GAP: i32 = NULL_BLOCK;

/**
 * Free blocks in the order in which they will be handed out, on a ring: neighbours in the queue are neighbours in memory, which a list of
 * linked blocks would jump about in. A block that is hit leaves a gap.
 */
export class BlockRing extends FreeUnits {
  /** Free blocks that hold content. */
  cached: i32 = 0;
  protected readonly fields: BlockFields;
  protected readonly ring: StaticArray<i32>;
  /** The place of the first block, and the one behind the last. */
  protected first: i32 = 0;
  protected end: i32;

  /** @param fields Of all blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(fields: BlockFields) {
    const blocks = fields.length >> BLOCK_BITS;
    super(blocks - 1);
    const ring = new StaticArray<i32>(nextPowerOfTwo(2 * blocks));
    for (let block = 1; block < blocks; block += 1) ring[block - 1] = block << ENTRY_BITS;
    this.fields = fields;
    this.ring = ring;
    this.end = blocks - 1;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): StaticArray<i32> {
    const blocks = new StaticArray<i32>(this.freeCount);
    const ring = this.ring;
    const mask = ring.length - 1;
    let length = 0;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask) {
      if (ring[place] === GAP) continue;
      blocks[length] = ring[place] >> ENTRY_BITS;
      length += 1;
    }
    return blocks;
  }

  /** Adds them to `cells`, the first to be handed out first, in cells that count from block 1 on. O(blocks). */
  describe(cells: ExtentColumns): void {
    const ring = this.ring;
    const mask = ring.length - 1;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask)
      if (ring[place] !== GAP) cells.addCell((ring[place] >> ENTRY_BITS) - 1);
  }

  /** Those of them that hold content, in the same order. O(blocks). */
  cachedToArray(): StaticArray<i32> {
    const blocks = new StaticArray<i32>(this.cached);
    const ring = this.ring;
    const mask = ring.length - 1;
    let length = 0;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask) {
      if ((ring[place] & CACHED) === 0) continue;
      blocks[length] = ring[place] >> ENTRY_BITS;
      length += 1;
    }
    return blocks;
  }

  /** All blocks hold nothing any more. O(blocks). */
  forget(): void {
    const ring = this.ring;
    const mask = ring.length - 1;
    for (let place = this.first; place !== this.end; place = (place + 1) & mask)
      ring[place] &= ~(CACHED | KEYED);
    this.cached = 0;
  }

  /** Closes the gaps when there is no room for so many more blocks, which takes as many hits as the pool has blocks. */
  @inline
  protected makeRoom(count: i32): void {
    const mask = this.ring.length - 1;
    if (((this.end - this.first) & mask) + count > mask) this.closeGaps(mask);
  }

  private closeGaps(mask: i32): void {
    const ring = this.ring;
    const fields = this.fields;
    let place = this.first;
    for (let from = place; from !== this.end; from = (from + 1) & mask) {
      const entry = ring[from];
      if (entry === GAP) continue;
      ring[place] = entry;
      if ((entry & KEYED) !== 0) fields[((entry >> ENTRY_BITS) << BLOCK_BITS) | OWNERS] = ~place;
      place = (place + 1) & mask;
    }
    this.end = place;
  }
}
