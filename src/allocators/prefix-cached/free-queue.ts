import { assert, fail } from "../../core/assert.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";

const { BITS, OWNERS, KEY, NEXT, BEFORE, UNNAMED } = BLOCK;

/** The null block stands before the first free one and behind the last: those two are its neighbours. */
const END = NULL_BLOCK;
const FIRST = NEXT;
const LAST = BEFORE;

/**
 * The blocks without owners in the order in which they will be handed out, least recently freed first (vLLM V1,
 * `FreeKVCacheBlockQueue`), linked both ways: a block that is hit leaves from the middle.
 */
export class FreeQueue {
  /** Of the blocks in it: those that are cached. */
  cached = 0;
  readonly #fields: BlockFields;
  #count: number;

  /** @param fields Of all blocks of the pool; 1 … blocks − 1 start free, in this order. */
  constructor(fields: BlockFields) {
    const blocks = fields.length >> BITS;
    this.#fields = fields;
    this.#count = blocks - 1;
    for (let block = 0; block < blocks; block += 1)
      this.#link(block, block + 1 < blocks ? block + 1 : END);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Moves blocks to `blocks`, from index `from` on, gives each an owner, and forgets what those without a name hold: as many as the
   * first `entries` of `counts` say together. Writes to `cached` how many of each entry's were cached, and
   * returns their sum.
   */
  take(
    counts: Int32Array,
    cached: Int32Array,
    entries: number,
    blocks: Int32Array,
    from: number,
  ): number {
    const fields = this.#fields;
    const cachedBefore = this.cached;
    let block = fields[FIRST]!;
    let at = from;
    for (let entry = 0; entry < entries; entry += 1) {
      const end = at + counts[entry]!;
      assert(end - from <= this.#count, "more blocks are taken than are free");
      let evicted = 0;
      for (; at < end; at += 1) {
        const record = block << BITS;
        const key = fields[record | KEY]!;
        if (key !== 0) evicted += 1;
        if (key < 0) fields[record | KEY] = 0;
        blocks[at] = block;
        fields[record | OWNERS] = 1;
        block = fields[record | NEXT]!;
      }
      cached[entry] = evicted;
      this.cached -= evicted;
    }
    this.#link(END, block);
    this.#count -= at - from;
    return cachedBefore - this.cached;
  }

  /**
   * One owner less for the blocks of a column from place `from` on to before `until`, the last one first: those without any join the
   * end, and of them those before place `full` are cached, without a name if they have none. Null blocks are passed over.
   */
  give(blocks: Int32Array, from: number, until: number, full: number): void {
    const fields = this.#fields;
    let last = fields[LAST]!;
    let joined = 0;
    let cached = 0;
    for (let at = until - 1; at >= from; at -= 1) {
      const block = blocks[at]!;
      if (block === END) continue;
      const record = block << BITS;
      const owners = fields[record | OWNERS]! - 1;
      fields[record | OWNERS] = owners;
      if (owners > 0) continue;
      if (owners < 0) fail("a block is released twice");
      if (fields[record | KEY] !== 0) cached += 1;
      else if (at < full) {
        fields[record | KEY] = UNNAMED;
        cached += 1;
      }
      fields[(last << BITS) | NEXT] = block;
      fields[record | BEFORE] = last;
      last = block;
      joined += 1;
    }
    this.#link(last, END);
    this.#count += joined;
    this.cached += cached;
  }

  /** Takes a free block that is cached out of its place, and gives it an owner. */
  remove(block: number): void {
    const record = block << BITS;
    assert(this.#fields[record | KEY] !== 0, "a block is hit that holds nothing");
    this.cached -= 1;
    this.#fields[record | OWNERS] = 1;
    this.#link(this.#fields[record | BEFORE]!, this.#fields[record | NEXT]!);
    this.#count -= 1;
  }

  /** First to be handed out first. O(blocks). */
  toArray(): number[] {
    const blocks: number[] = [];
    for (let block = this.#fields[FIRST]!; block !== END; )
      block = this.#fields[(blocks[blocks.push(block) - 1]! << BITS) | NEXT]!;
    return blocks;
  }

  #link(block: number, next: number): void {
    this.#fields[(block << BITS) | NEXT] = next;
    this.#fields[(next << BITS) | BEFORE] = block;
  }
}
