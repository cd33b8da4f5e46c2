import type { Digest } from "../../core/digest.ts";
import { RUN } from "../../core/growth.ts";
import type { Rows } from "../../core/rows.ts";
import type { BlockCache } from "./block-cache.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";
import { FreeQueue } from "./free-queue.ts";

const { BITS, OWNERS, KEY } = BLOCK;

/**
 * Equal blocks with reference counts over a queue of free ones (vLLM V1, `BlockPool`). A freed block keeps what it holds, and can be hit,
 * until it is handed out for something else: the order of the queue is the order of eviction.
 */
export class CachingBlockPool {
  private readonly fields: BlockFields;
  private readonly cache: BlockCache;
  private readonly queue: FreeQueue;
  private readonly onEvict: ((block: number) => void) | null;
  #evicted = 0;

  /** @param fields Of all blocks, ≥ 1, the null block among them. */
  constructor(
    fields: BlockFields,
    cache: BlockCache,
    placements: Digest,
    onEvict: ((block: number) => void) | null,
  ) {
    this.fields = fields;
    this.cache = cache;
    this.queue = new FreeQueue(fields, placements);
    this.onEvict = onEvict;
  }

  /** Blocks without an owner, cached or not. */
  get free(): number {
    return this.queue.count;
  }

  /** Free blocks that hold content. */
  get cachedFree(): number {
    return this.queue.cached;
  }

  /** Blocks that lost what they held to be handed out again, so far. */
  get evicted(): number {
    return this.#evicted;
  }

  /** How many requests hold each block; of the null block 0. O(blocks). */
  referenceCounts(): Int32Array {
    const fields = this.fields;
    const counts = new Int32Array(fields.length >> BITS).map((_, block) =>
      fields[(block << BITS) | KEY] === 0 ? 1 : fields[(block << BITS) | OWNERS]!,
    );
    for (const block of [NULL_BLOCK, ...this.queue.toArray()]) counts[block] = 0;
    return counts;
  }

  /** How many blocks of a column, all of which can be asked for, have no owner, from place `from` on to before `until`. */
  countFree(blocks: Int32Array, from: number, until: number): number {
    const fields = this.fields;
    let free = 0;
    for (let at = from; at < until; at += 1)
      if (fields[(blocks[at]! << BITS) | OWNERS]! < 0) free += 1;
    return free;
  }

  /** Hands `count` ≤ {@link free} blocks to a row of tables, evicting what they hold. */
  take(count: number, tables: Rows, row: number): void {
    const length = tables.length(row);
    tables.reserve(row, length + count);
    tables.setLength(row, length + count);
    if (this.onEvict !== null) this.#tellEvictions(count, this.onEvict);
    const evicted = this.queue.take(count, tables.column, tables.start(row) + length);
    this.#evict(evicted);
  }

  /** Hands out blocks as {@link FreeQueue.takeForEach} does, at most {@link free} in all. */
  takeForEach(tables: Rows, rows: Int32Array, runs: Int32Array, from: number, until: number): void {
    if (this.onEvict !== null) this.#tellEvictions(blocksOf(runs, from, until), this.onEvict);
    const cachedBefore = this.queue.cached;
    this.queue.takeForEach(tables, rows, runs, from, until);
    this.#evict(cachedBefore - this.queue.cached);
  }

  /** One owner more of each block of a column that was hit, free or not, from place `from` on to before `until`. */
  touchEach(blocks: Int32Array, from: number, until: number): void {
    const fields = this.fields;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at]!;
      if (block === NULL_BLOCK) continue;
      const owners = fields[(block << BITS) | OWNERS]!;
      if (owners < 0) this.queue.remove(block);
      else fields[(block << BITS) | OWNERS] = owners + 1;
    }
  }

  /** How many at most of the blocks that a request gave back, the first of them `block` with its own key, are still there. */
  reach(block: number, ownKey: number): number {
    return this.queue.reach(block, ownKey);
  }

  /** Gives `count` of those blocks back to their request, at the end of a row of tables. */
  takeBack(block: number, count: number, tables: Rows, row: number): void {
    const length = tables.length(row);
    tables.reserve(row, length + count);
    tables.setLength(row, length + count);
    this.queue.takeBack(block, count, tables.column, tables.start(row) + length);
  }

  /**
   * One owner less of the blocks of a column from place `from` on to before `until`, the last one first; without owners a block is the
   * last to be handed out. Only those before place `keyed` can be asked for; those behind hold content nonetheless before place `full`.
   */
  releaseEach(blocks: Int32Array, from: number, until: number, keyed: number, full: number): void {
    this.queue.give(blocks, from, until, keyed, full);
  }

  /** Forgets what all blocks hold. Only while none is owned. */
  forget(): void {
    const free = Int32Array.from(this.queue.toArray());
    this.cache.dropEach(free, 0, free.length);
    this.queue.forget();
  }

  /** Free blocks, first to be handed out first. O(blocks). */
  freeBlocks(): number[] {
    return this.queue.toArray();
  }

  /** Those of them that hold content. O(blocks). */
  cachedFreeBlocks(): number[] {
    return this.queue.cachedAmong(this.free);
  }

  /** So many of the blocks just handed out held content: nobody will find it there any more. */
  #evict(blocks: number): void {
    const { keyed, keyedCount } = this.queue;
    this.#evicted += blocks;
    if (keyedCount > 0) this.cache.dropEach(keyed, 0, keyedCount);
  }

  /** Who wants to know hears beforehand of what the next `count` blocks hold. */
  #tellEvictions(count: number, tell: (block: number) => void): void {
    for (const block of this.queue.cachedAmong(count)) tell(block);
  }
}

/** Blocks that are given to the {@link RUN}s from number `from` on to before `until`. */
function blocksOf(runs: Int32Array, from: number, until: number): number {
  let blocks = 0;
  for (let run = from; run < until; run += 1) blocks += runs[(run << RUN.BITS) | RUN.COUNT]!;
  return blocks;
}
