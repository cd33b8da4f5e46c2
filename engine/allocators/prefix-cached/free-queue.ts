import { Digest } from "../../core/digest";
import { COUNT, EVICTED, FROM, BITS as RUN_BITS } from "../../core/growth";
import { Rows } from "../../core/rows";
import { BLOCK_BITS, BlockFields, KEY, NULL_BLOCK, OWNERS } from "./block-fields";
import { BlockRing, CACHED, ENTRY_BITS, GAP, KEYED } from "./block-ring";

/**
 * The blocks without owners, least recently freed first (vLLM V1, `FreeKVCacheBlockQueue`): handed out at the front, given back at the end,
 * hit anywhere. Of a block that nobody can ask for nothing but its entry is written or read.
 */
@final
export class FreeQueue extends BlockRing {
  /** Of the blocks handed out last: those that have a key, which is now wrong. Only the first {@link keyedCount} count. */
  readonly keyed: StaticArray<i32>;
  keyedCount: i32 = 0;
  /** Takes in each block handed out, in order. */
  private readonly placements: Digest;

  constructor(fields: BlockFields, placements: Digest) {
    super(fields);
    this.keyed = new StaticArray<i32>(fields.length >> BLOCK_BITS);
    this.placements = placements;
  }

  /** Moves `count` blocks to a column, from place `from` on. Returns how many held content. */
  take(count: i32, column: StaticArray<i32>, from: i32): i32 {
    assert(count <= this.freeCount, "more blocks are taken than are free");
    const ring = this.ring;
    const mask = ring.length - 1;
    const until = from + count;
    const digest = this.placements;
    let first = digest.first;
    let second = digest.second;
    let place = this.first;
    let cached = 0;
    this.keyedCount = 0;
    for (let at = from; at < until; ) {
      const entry = ring[place];
      place = (place + 1) & mask;
      if (entry === GAP) continue;
      const block = entry >> ENTRY_BITS;
      cached += entry & CACHED;
      if ((entry & KEYED) !== 0) this.noteKeyed(block);
      column[at] = block;
      first = Digest.mixedFirst(first, block);
      second = Digest.mixedSecond(second, block);
      at += 1;
    }
    digest.first = first;
    digest.second = second;
    this.move(place, count, cached);
    return cached;
  }

  /**
   * Puts a block at the end of the table, which has room for it, of each row of the runs (engine/core/growth.ts) of `rows` from number
   * `from` on to before `until`, and writes down how many of them held content.
   */
  takeForEach(
    tables: Rows,
    rows: StaticArray<i32>,
    runs: StaticArray<i32>,
    from: i32,
    until: i32,
  ): void {
    const ring = this.ring;
    const mask = ring.length - 1;
    const column = tables.column;
    const stride = tables.stride;
    const digest = this.placements;
    let first = digest.first;
    let second = digest.second;
    let place = this.first;
    let left = this.freeCount;
    let cached = 0;
    this.keyedCount = 0;
    for (let run = from << RUN_BITS; run < until << RUN_BITS; run += 1 << RUN_BITS) {
      const cachedBefore = cached;
      let at = runs[run | FROM];
      const last = at + runs[run | COUNT];
      left -= last - at;
      assert(left >= 0, "more blocks are taken than are free");
      while (at < last) {
        const entry = ring[place];
        place = (place + 1) & mask;
        if (entry === GAP) continue;
        const block = entry >> ENTRY_BITS;
        cached += entry & CACHED;
        if ((entry & KEYED) !== 0) this.noteKeyed(block);
        const table = rows[at] * stride;
        const length = column[table] + 1;
        column[table] = length;
        column[table + length] = block;
        first = Digest.mixedFirst(first, block);
        second = Digest.mixedSecond(second, block);
        at += 1;
      }
      runs[run | EVICTED] = cached - cachedBefore;
    }
    digest.first = first;
    digest.second = second;
    this.move(place, this.freeCount - left, cached);
  }

  /**
   * Whoever owns the blocks of a column from place `from` on to before `until` gives them back, the last one first. Those before place
   * `keyed` may have keys, and those that do other owners, too; null blocks among them are passed over. The others join the end, and
   * hold content before place `full`.
   */
  give(column: StaticArray<i32>, from: i32, until: i32, keyed: i32, full: i32): void {
    this.makeRoom(until - from);
    const ring = this.ring;
    const mask = ring.length - 1;
    let place = this.end;
    let cached = 0;
    for (let at = until - 1; at >= keyed; at -= 1) {
      const held = at < full ? CACHED : 0;
      ring[place] = (column[at] << ENTRY_BITS) | held;
      place = (place + 1) & mask;
      cached += held;
    }
    this.join(place, cached);
    if (keyed > from) this.giveKeyed(column, from, min(keyed, until));
  }

  /** Takes a free block that has a key out of its place, and gives it an owner. */
  remove(block: i32): void {
    const record = block << BLOCK_BITS;
    const fields = this.fields;
    assert(fields[record | KEY] !== 0, "a block is hit that holds nothing");
    this.cached -= 1;
    this.freeCount -= 1;
    this.ring[~fields[record | OWNERS]] = GAP;
    fields[record | OWNERS] = 1;
  }

  /** How many at most of those that were given at once with `block`, as the first of their table that has its key, are still there. */
  reach(block: i32, key: i32): i32 {
    const record = block << BLOCK_BITS;
    if (this.fields[record | KEY] !== key) return 0;
    return ((~this.fields[record | OWNERS] - this.first) & (this.ring.length - 1)) + 1;
  }

  /** Takes that block, which loses its key, and those that were behind it in the table, `count` in all, back to a column from place `from` on. */
  takeBack(block: i32, count: i32, column: StaticArray<i32>, from: i32): void {
    const ring = this.ring;
    const mask = ring.length - 1;
    const record = block << BLOCK_BITS;
    let place = ~this.fields[record | OWNERS];
    this.fields[record | KEY] = 0;
    this.freeCount -= count;
    this.cached -= count;
    const until = from + count;
    for (let at = from; at < until; at += 1) {
      column[at] = ring[place] >> ENTRY_BITS;
      ring[place] = GAP;
      place = (place - 1) & mask;
    }
  }

  /** `count` blocks were handed out, the last of them before a place. */
  @inline
  private move(place: i32, count: i32, cached: i32): void {
    this.first = place;
    this.freeCount -= count;
    this.cached -= cached;
  }

  /** Blocks were put before a place, the first of them at the end. */
  @inline
  private join(place: i32, cached: i32): void {
    this.freeCount += (place - this.end) & (this.ring.length - 1);
    this.end = place;
    this.cached += cached;
  }

  @inline
  private noteKeyed(block: i32): void {
    this.keyed[this.keyedCount] = block;
    this.keyedCount += 1;
  }

  /** Those without owners join the end; one without a key has no other owner, and holds nothing. */
  private giveKeyed(column: StaticArray<i32>, from: i32, until: i32): void {
    const fields = this.fields;
    const ring = this.ring;
    const mask = ring.length - 1;
    let place = this.end;
    let cached = 0;
    for (let at = until - 1; at >= from; at -= 1) {
      const block = column[at];
      if (block === NULL_BLOCK) continue;
      const record = block << BLOCK_BITS;
      const owners = fields[record | OWNERS];
      let entry = block << ENTRY_BITS;
      if (fields[record | KEY] !== 0) {
        if (owners !== 1) {
          assert(owners > 0, "a block is released twice");
          fields[record | OWNERS] = owners - 1;
          continue;
        }
        fields[record | OWNERS] = ~place;
        entry |= CACHED | KEYED;
        cached += 1;
      }
      ring[place] = entry;
      place = (place + 1) & mask;
    }
    this.join(place, cached);
  }
}
