import { assert, fail } from "../../core/assert.ts";
import { type Digest, LANES } from "../../core/digest.ts";
import { RUN } from "../../core/growth.ts";
import type { Rows } from "../../core/rows.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";
import { BlockRing, ENTRY } from "./block-ring.ts";

const { BITS, OWNERS, KEY } = BLOCK;
const { BITS: ENTRY_BITS, CACHED, KEYED, GAP } = ENTRY;
const { COUNT, EVICTED, FROM, BITS: RUN_BITS } = RUN;
const { first: mixFirst, second: mixSecond } = LANES;

/**
 * The blocks without owners, least recently freed first (vLLM V1, `FreeKVCacheBlockQueue`): handed out at the front, given back at the end,
 * hit anywhere. Of a block that nobody can ask for nothing but its entry is written or read.
 */
export class FreeQueue extends BlockRing {
  /** Of the blocks handed out last: those that have a key, which is now wrong. Only the first {@link keyedCount} count. */
  readonly keyed: Int32Array;
  keyedCount = 0;
  /** Takes in each block handed out, in order. */
  private readonly placements: Digest;

  constructor(fields: BlockFields, placements: Digest) {
    super(fields);
    this.keyed = new Int32Array(fields.length >> BITS);
    this.placements = placements;
  }

  /** Moves `count` blocks to a column, from place `from` on. Returns how many held content. */
  take(count: number, column: Int32Array, from: number): number {
    if (count > this.count) fail("more blocks are taken than are free");
    const { ring } = this;
    // All these are 32-bit integers, and V8 need not test whether they still are when it knows.
    const mask = (ring.length - 1) | 0;
    const until = (from + count) | 0;
    const digest = this.placements;
    let first = digest.first | 0;
    let second = digest.second | 0;
    let place = this.first | 0;
    let cached = 0;
    this.keyedCount = 0;
    for (let at = from | 0; at < until; ) {
      const entry = ring[place]!;
      place = (place + 1) & mask;
      if (entry === GAP) continue;
      const block = entry >> ENTRY_BITS;
      cached = (cached + (entry & CACHED)) | 0;
      if ((entry & KEYED) !== 0) this.#noteKeyed(block);
      column[at] = block;
      first = mixFirst(first, block);
      second = mixSecond(second, block);
      at = (at + 1) | 0;
    }
    digest.first = first;
    digest.second = second;
    this.#move(place, count, cached);
    return cached;
  }

  /**
   * Puts a block at the end of the table, which has room for it, of each row of the {@link RUN}s of `rows` from number `from` on to before
   * `until`, and writes down how many of them held content.
   */
  takeForEach(tables: Rows, rows: Int32Array, runs: Int32Array, from: number, until: number): void {
    const { ring } = this;
    const mask = (ring.length - 1) | 0;
    const { column } = tables;
    const stride = tables.stride | 0;
    const digest = this.placements;
    let first = digest.first | 0;
    let second = digest.second | 0;
    let place = this.first | 0;
    let left = this.count | 0;
    let cached = 0;
    this.keyedCount = 0;
    for (let number = from | 0; number < until; number = (number + 1) | 0) {
      const run = number << RUN_BITS;
      const cachedBefore = cached;
      let at = runs[run | FROM]!;
      const last = (at + runs[run | COUNT]!) | 0;
      left = (left - (last - at)) | 0;
      if (left < 0) fail("more blocks are taken than are free");
      while (at < last) {
        const entry = ring[place]!;
        place = (place + 1) & mask;
        if (entry === GAP) continue;
        const block = entry >> ENTRY_BITS;
        cached = (cached + (entry & CACHED)) | 0;
        if ((entry & KEYED) !== 0) this.#noteKeyed(block);
        const table = Math.imul(rows[at]!, stride);
        const length = (column[table]! + 1) | 0;
        column[table] = length;
        column[table + length] = block;
        first = mixFirst(first, block);
        second = mixSecond(second, block);
        at = (at + 1) | 0;
      }
      runs[run | EVICTED] = cached - cachedBefore;
    }
    digest.first = first;
    digest.second = second;
    this.#move(place, this.count - left, cached);
  }

  /**
   * Whoever owns the blocks of a column from place `from` on to before `until` gives them back, the last one first. Those before place
   * `keyed` may have keys, and those that do other owners, too; null blocks among them are passed over. The others join the end, and
   * hold content before place `full`.
   */
  give(column: Int32Array, from: number, until: number, keyed: number, full: number): void {
    this.makeRoom(until - from);
    const { ring } = this;
    const mask = (ring.length - 1) | 0;
    const beyond = full | 0;
    const last = keyed | 0;
    let place = this.end | 0;
    let cached = 0;
    for (let at = (until - 1) | 0; at >= last; at = (at - 1) | 0) {
      const held = at < beyond ? CACHED : 0;
      ring[place] = (column[at]! << ENTRY_BITS) | held;
      place = (place + 1) & mask;
      cached = (cached + held) | 0;
    }
    this.#join(place, cached);
    if (keyed > from) this.#giveKeyed(column, from, keyed < until ? keyed : until);
  }

  /** Takes a free block that has a key out of its place, and gives it an owner. */
  remove(block: number): void {
    const record = block << BITS;
    assert(this.fields[record | KEY] !== 0, "a block is hit that holds nothing");
    this.cached -= 1;
    this.count -= 1;
    this.ring[~this.fields[record | OWNERS]!] = GAP;
    this.fields[record | OWNERS] = 1;
  }

  /** How many at most of those that were given at once with `block`, as the first of their table that has its key, are still there. */
  reach(block: number, key: number): number {
    const record = block << BITS;
    if (this.fields[record | KEY] !== key) return 0;
    return ((~this.fields[record | OWNERS]! - this.first) & (this.ring.length - 1)) + 1;
  }

  /** Takes that block, which loses its key, and those that were behind it in the table, `count` in all, back to a column from place `from` on. */
  takeBack(block: number, count: number, column: Int32Array, from: number): void {
    const { ring } = this;
    const mask = (ring.length - 1) | 0;
    const record = block << BITS;
    let place = ~this.fields[record | OWNERS]!;
    this.fields[record | KEY] = 0;
    this.count -= count;
    this.cached -= count;
    const until = (from + count) | 0;
    for (let at = from | 0; at < until; at = (at + 1) | 0) {
      column[at] = ring[place]! >> ENTRY_BITS;
      ring[place] = GAP;
      place = (place - 1) & mask;
    }
  }

  /** `count` blocks were handed out, the last of them before a place. */
  #move(place: number, count: number, cached: number): void {
    this.first = place;
    this.count -= count;
    this.cached -= cached;
  }

  /** Blocks were put before a place, the first of them at the end. */
  #join(place: number, cached: number): void {
    this.count += (place - this.end) & (this.ring.length - 1);
    this.end = place;
    this.cached += cached;
  }

  #noteKeyed(block: number): void {
    this.keyed[this.keyedCount] = block;
    this.keyedCount += 1;
  }

  /** Those without owners join the end; one without a key has no other owner, and holds nothing. */
  #giveKeyed(column: Int32Array, from: number, until: number): void {
    const { fields, ring } = this;
    const mask = (ring.length - 1) | 0;
    let place = this.end | 0;
    let cached = 0;
    for (let at = until - 1; at >= from; at -= 1) {
      const block = column[at]!;
      if (block === NULL_BLOCK) continue;
      const record = block << BITS;
      const owners = fields[record | OWNERS]!;
      let entry = block << ENTRY_BITS;
      if (fields[record | KEY] !== 0) {
        if (owners !== 1) {
          if (owners <= 0) fail("a block is released twice");
          fields[record | OWNERS] = owners - 1;
          continue;
        }
        fields[record | OWNERS] = ~place;
        entry |= CACHED | KEYED;
        cached = (cached + 1) | 0;
      }
      ring[place] = entry;
      place = (place + 1) & mask;
    }
    this.#join(place, cached);
  }
}
