import type { Digest } from "../../core/digest.ts";
import type { BlockCache } from "./block-cache.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";
import type { BlockRows } from "./block-rows.ts";
import { FreeQueue } from "./free-queue.ts";

const { BITS, OWNERS } = BLOCK;

/**
 * Equal blocks with reference counts over a queue of free ones (vLLM V1, `BlockPool`). A freed block keeps what it holds, and can be hit,
 * until it is handed out for something else: the order of the queue is the order of eviction.
 */
export class CachingBlockPool {
  readonly #fields: BlockFields;
  readonly #cache: BlockCache;
  readonly #queue: FreeQueue;
  readonly #placements: Digest;
  readonly #onEvict: ((block: number) => void) | null;
  /** Blocks on their way from the queue to tables. */
  #taken = new Int32Array(64);
  #evicted = 0;

  /** @param fields Of all blocks, ≥ 1, the null block among them. */
  constructor(
    fields: BlockFields,
    cache: BlockCache,
    placements: Digest,
    onEvict: ((block: number) => void) | null,
  ) {
    this.#fields = fields;
    this.#cache = cache;
    this.#queue = new FreeQueue(fields);
    this.#placements = placements;
    this.#onEvict = onEvict;
  }

  /** Blocks without an owner, cached or not. */
  get free(): number {
    return this.#queue.count;
  }

  /** Free blocks that could be hit. */
  get cachedFree(): number {
    return this.#queue.cached;
  }

  /** Blocks that lost what they held to be handed out again, so far. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Requests that hold a block. */
  owners(block: number): number {
    return Math.max(0, this.#fields[(block << BITS) | OWNERS]!);
  }

  /** How many blocks of a column have no owner, from place `from` on to before `until`. */
  countFree(blocks: Int32Array, from: number, until: number): number {
    const fields = this.#fields;
    let free = 0;
    for (let at = from; at < until; at += 1)
      if (fields[(blocks[at]! << BITS) | OWNERS]! < 0) free += 1;
    return free;
  }

  /** Hands `count` ≤ {@link free} blocks to a row of tables, evicting what they hold. */
  take(count: number, tables: BlockRows, row: number): void {
    const length = tables.lengths[row]!;
    tables.reserve(row, length + count);
    tables.lengths[row] = length + count;
    const from = row * tables.stride + length;
    this.#take(count, tables.blocks, from);
  }

  /**
   * Hands a block to each of `rows` from place `from` on to before `until`, at most {@link free}, which have room for it. Returns how many
   * held content.
   */
  takeEach(tables: BlockRows, rows: Int32Array, from: number, until: number): number {
    const count = until - from;
    if (count > this.#taken.length) this.#taken = new Int32Array(2 * count);
    const taken = this.#taken;
    const evicted = this.#take(count, taken, 0);
    const { blocks, lengths, stride } = tables;
    for (let at = 0; at < count; at += 1) {
      const row = rows[from + at]!;
      const length = lengths[row]!;
      blocks[row * stride + length] = taken[at]!;
      lengths[row] = length + 1;
    }
    return evicted;
  }

  /** One owner more of each block of a column that was hit, free or not, from place `from` on to before `until`. */
  touchEach(blocks: Int32Array, from: number, until: number): void {
    const fields = this.#fields;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at]!;
      if (block === NULL_BLOCK) continue;
      const owners = fields[(block << BITS) | OWNERS]!;
      if (owners < 0) this.#queue.remove(block);
      else fields[(block << BITS) | OWNERS] = owners + 1;
    }
  }

  /**
   * One owner less of the blocks of a column from place `from` on to before `until`, the last one first; without owners a block is the
   * last to be handed out. Those before place `full` are cached, under `ownKey` where nobody has {@link BlockCache.insert}ed them.
   */
  releaseEach(blocks: Int32Array, from: number, until: number, full: number, ownKey: number): void {
    this.#queue.give(blocks, from, until, full, ownKey);
  }

  /** Forgets what all blocks hold. Only while none is owned. */
  forget(): void {
    const free = Int32Array.from(this.#queue.toArray());
    this.#cache.dropEach(free, 0, free.length);
    this.#queue.cached = 0;
  }

  /** Free blocks, first to be handed out first. O(blocks). */
  freeBlocks(): number[] {
    return this.#queue.toArray();
  }

  /** Hands out `count` blocks to a column, from place `from` on; returns how many of them were cached. */
  #take(count: number, blocks: Int32Array, from: number): number {
    if (this.#onEvict !== null) this.#tellEvictions(count, this.#onEvict);
    const evicted = this.#queue.take(count, blocks, from);
    this.#evicted += evicted;
    if (evicted > 0 && this.#cache.named > 0) this.#cache.dropEach(blocks, from, from + count);
    this.#placements.addUp(blocks, from, from + count);
    return evicted;
  }

  /** Who wants to know hears beforehand of what the next `count` blocks hold, with or without a name. */
  #tellEvictions(count: number, tell: (block: number) => void): void {
    const next = this.#queue.toArray().slice(0, count);
    for (const block of next) if (this.#cache.has(block)) tell(block);
  }
}
