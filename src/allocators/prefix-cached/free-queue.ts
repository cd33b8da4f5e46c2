import { assert, fail } from "../../core/assert.ts";
import { nextPowerOfTwo } from "../../core/math.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";

const { BITS, OWNERS, KEY } = BLOCK;

/** Where a block was taken out of the middle. */
const GAP = NULL_BLOCK;

/**
 * The blocks without owners in the order in which they will be handed out, least recently freed first (vLLM V1,
 * `FreeKVCacheBlockQueue`), on a ring: neighbours in the queue are neighbours in memory, which a list of linked blocks would jump
 * about in. A block that is hit leaves a gap.
 */
export class FreeQueue {
  /** Of the blocks in it: those that are cached. */
  cached = 0;
  readonly #fields: BlockFields;
  readonly #ring: Int32Array;
  readonly #mask: number;
  /** The place of the first block, and the one behind the last. */
  #first = 0;
  #end: number;
  #count: number;

  /** @param fields Of all blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(fields: BlockFields) {
    const blocks = fields.length >> BITS;
    this.#fields = fields;
    this.#ring = new Int32Array(nextPowerOfTwo(2 * blocks));
    this.#mask = this.#ring.length - 1;
    this.#count = blocks - 1;
    this.#end = blocks - 1;
    for (let block = 1; block < blocks; block += 1) this.#put(block, block - 1);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Moves `count` blocks to `blocks`, from index `from` on, gives each an owner, and forgets what those with a key < 0 hold. Returns
   * how many were cached.
   */
  take(count: number, blocks: Int32Array, from: number): number {
    assert(count <= this.#count, "more blocks are taken than are free");
    const fields = this.#fields;
    const ring = this.#ring;
    const mask = this.#mask;
    const until = from + count;
    let place = this.#first;
    let cached = 0;
    for (let at = from; at < until; ) {
      const block = ring[place]!;
      place = (place + 1) & mask;
      if (block === GAP) continue;
      const record = block << BITS;
      const key = fields[record | KEY]!;
      if (key !== 0) cached += 1;
      if (key < 0) fields[record | KEY] = 0;
      fields[record | OWNERS] = 1;
      blocks[at] = block;
      at += 1;
    }
    this.#first = place;
    this.#count -= count;
    this.cached -= cached;
    return cached;
  }

  /**
   * One owner less for the blocks of a column from place `from` on to before `until`, the last one first: those without any join the
   * end, and of them those before place `full` are cached, under `ownKey` if they were not. Null blocks are passed over.
   */
  give(blocks: Int32Array, from: number, until: number, full: number, ownKey: number): void {
    this.#makeRoom(until - from);
    const fields = this.#fields;
    const ring = this.#ring;
    const mask = this.#mask;
    const end = this.#end;
    let place = end;
    let cached = 0;
    for (let at = until - 1; at >= from; at -= 1) {
      const block = blocks[at]!;
      if (block === NULL_BLOCK) continue;
      const record = block << BITS;
      const owners = fields[record | OWNERS]!;
      if (owners !== 1) {
        if (owners <= 0) fail("a block is released twice");
        fields[record | OWNERS] = owners - 1;
        continue;
      }
      const key = fields[record | KEY]!;
      if (key !== 0 || at < full) cached += 1;
      if (key === 0 && at < full) fields[record | KEY] = ownKey;
      fields[record | OWNERS] = ~place;
      ring[place] = block;
      place = (place + 1) & mask;
    }
    this.#end = place;
    this.#count += (place - end) & mask;
    this.cached += cached;
  }

  /** Takes a free block that is cached out of its place, and gives it an owner. */
  remove(block: number): void {
    const record = block << BITS;
    assert(this.#fields[record | KEY] !== 0, "a block is hit that holds nothing");
    this.cached -= 1;
    this.#count -= 1;
    this.#ring[~this.#fields[record | OWNERS]!] = GAP;
    this.#fields[record | OWNERS] = 1;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): number[] {
    const blocks: number[] = [];
    for (let place = this.#first; place !== this.#end; place = (place + 1) & this.#mask)
      if (this.#ring[place] !== GAP) blocks.push(this.#ring[place]!);
    return blocks;
  }

  /** Closes the gaps when there is no room for so many more blocks, which takes as many hits as the pool has blocks. */
  #makeRoom(count: number): void {
    if (((this.#end - this.#first) & this.#mask) + count <= this.#mask) return;
    let place = this.#first;
    for (const block of this.toArray()) {
      this.#put(block, place);
      place = (place + 1) & this.#mask;
    }
    this.#end = place;
  }

  #put(block: number, place: number): void {
    this.#ring[place] = block;
    this.#fields[(block << BITS) | OWNERS] = ~place;
  }
}
