import { Digest } from "../../core/digest";
import { Rows } from "../../core/rows";
import { FreeUnits } from "../free-units";
import { Layout } from "../layout";
import { BlockCache } from "./block-cache";
import { BLOCK_BITS, BlockFields, KEY, NULL_BLOCK, OWNERS } from "./block-fields";
import { FreeQueue } from "./free-queue";

/**
 * Equal blocks with reference counts over a queue of free ones (vLLM V1, `BlockPool`). A freed block keeps what it holds, and can be hit,
 * until it is handed out for something else: the order of the queue is the order of eviction.
 */
@final
export class CachingBlockPool {
  private readonly fields: BlockFields;
  private readonly cache: BlockCache;
  private readonly queue: FreeQueue;
  /** Blocks that lost what they held to be handed out again, so far. */
  evicted: f64 = 0;

  /** @param fields Of all blocks, ≥ 1, the null block among them. */
  constructor(fields: BlockFields, cache: BlockCache, placements: Digest) {
    this.fields = fields;
    this.cache = cache;
    this.queue = new FreeQueue(fields, placements);
  }

  /** What counts the blocks without an owner, cached or not. */
  @inline
  get units(): FreeUnits {
    return this.queue;
  }

  /** How many there are. */
  @inline
  get free(): i32 {
    return this.queue.freeCount;
  }

  /** Free blocks that hold content. */
  @inline
  get cachedFree(): i32 {
    return this.queue.cached;
  }

  /** How many requests hold each block; of the null block 0. O(blocks). */
  referenceCounts(): StaticArray<i32> {
    const counts = new StaticArray<i32>(this.fields.length >> BLOCK_BITS);
    for (let block = 0; block < counts.length; block += 1) counts[block] = this.ownersOf(block);
    const free = this.queue.toArray();
    for (let at = 0; at < free.length; at += 1) counts[free[at]] = 0;
    counts[NULL_BLOCK] = 0;
    return counts;
  }

  /** How many blocks of a column, all of which can be asked for, have no owner, from place `from` on to before `until`. */
  countFree(blocks: StaticArray<i32>, from: i32, until: i32): i32 {
    const fields = this.fields;
    let free = 0;
    for (let at = from; at < until; at += 1)
      if (fields[(blocks[at] << BLOCK_BITS) | OWNERS] < 0) free += 1;
    return free;
  }

  /** Hands `count` ≤ {@link free} blocks to a row of tables, evicting what they hold. */
  take(count: i32, tables: Rows, row: i32): void {
    const length = tables.length(row);
    tables.reserve(row, length + count);
    tables.setLength(row, length + count);
    const evicted = this.queue.take(count, tables.column, tables.start(row) + length);
    this.evict(evicted);
  }

  /** Hands out blocks as {@link FreeQueue.takeForEach} does, at most {@link free} in all. */
  takeForEach(
    tables: Rows,
    rows: StaticArray<i32>,
    runs: StaticArray<i32>,
    from: i32,
    until: i32,
  ): void {
    const cachedBefore = this.queue.cached;
    this.queue.takeForEach(tables, rows, runs, from, until);
    this.evict(cachedBefore - this.queue.cached);
  }

  /** One owner more of each block of a column that was hit, free or not, from place `from` on to before `until`. */
  touchEach(blocks: StaticArray<i32>, from: i32, until: i32): void {
    const fields = this.fields;
    const queue = this.queue;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at];
      if (block === NULL_BLOCK) continue;
      const record = block << BLOCK_BITS;
      const owners = fields[record | OWNERS];
      if (owners < 0) queue.remove(block);
      else fields[record | OWNERS] = owners + 1;
    }
  }

  /** How many at most of the blocks that a request gave back, the first of them `block` with its own key, are still there. */
  @inline
  reach(block: i32, ownKey: i32): i32 {
    return this.queue.reach(block, ownKey);
  }

  /** Gives `count` of those blocks back to their request, at the end of a row of tables. */
  takeBack(block: i32, count: i32, tables: Rows, row: i32): void {
    const length = tables.length(row);
    tables.reserve(row, length + count);
    tables.setLength(row, length + count);
    this.queue.takeBack(block, count, tables.column, tables.start(row) + length);
  }

  /**
   * One owner less of the blocks of a column from place `from` on to before `until`, the last one first; without owners a block is the
   * last to be handed out. Only those before place `keyed` can be asked for; those behind hold content nonetheless before place `full`.
   */
  @inline
  releaseEach(blocks: StaticArray<i32>, from: i32, until: i32, keyed: i32, full: i32): void {
    this.queue.give(blocks, from, until, keyed, full);
  }

  /** Forgets what all blocks hold. Only while none is owned. */
  forget(): void {
    const free = this.queue.toArray();
    this.cache.dropEach(free, 0, free.length);
    this.queue.forget();
  }

  /** Free blocks, first to be handed out first. O(blocks). */
  freeBlocks(): StaticArray<i32> {
    return this.queue.toArray();
  }

  /** Writes down the free blocks, and how many requests hold each block, but for the null block. O(blocks). */
  describe(layout: Layout): void {
    const cells = layout.gpu.cells;
    const owners = layout.ownersOf(cells);
    const free = layout.gpu.free;
    for (let cell = 0; cell < cells; cell += 1) owners[cell] = this.ownersOf(cell + 1);
    this.queue.describe(free);
    for (let at = 0; at < free.length; at += 1) owners[free.starts[at]] = 0;
  }

  /** Those of them that hold content. O(blocks). */
  cachedFreeBlocks(): StaticArray<i32> {
    return this.queue.cachedToArray();
  }

  /** So many of the blocks just handed out held content: nobody will find it there any more. */
  @inline
  private evict(blocks: i32): void {
    const queue = this.queue;
    this.evicted += blocks;
    if (queue.keyedCount > 0) this.cache.dropEach(queue.keyed, 0, queue.keyedCount);
  }

  /** Owners of a block that is not free: only those of one with a key are counted. */
  @inline
  private ownersOf(block: i32): i32 {
    const record = block << BLOCK_BITS;
    return this.fields[record | KEY] === 0 ? 1 : this.fields[record | OWNERS];
  }
}
