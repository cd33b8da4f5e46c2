import { assert } from "../../core/assert.ts";
import type { BlockRows } from "../block-rows.ts";
import type { BlockCache } from "./block-cache.ts";
import { type BlockFields, KEY, NULL_BLOCK, OWNERS, WIDTH } from "./block-fields.ts";
import { FreeQueue } from "./free-queue.ts";

/**
 * Equal blocks with reference counts over a queue of free ones (vLLM V1, `BlockPool`). A freed block keeps what it holds, and can be hit,
 * until it is handed out for something else: the order of the queue is the order of eviction.
 */
export class CachingBlockPool {
  readonly #fields: BlockFields;
  readonly #cache: BlockCache;
  readonly #queue: FreeQueue;
  readonly #onPlace: (block: number) => void;
  readonly #onEvict: ((block: number) => void) | null;
  /** Blocks on their way from the queue to tables. */
  #taken = new Int32Array(64);
  #cachedFree = 0;
  #evicted = 0;

  /** @param fields Of all blocks, ≥ 1, the null block among them. */
  constructor(
    fields: BlockFields,
    cache: BlockCache,
    onPlace: (block: number) => void,
    onEvict: ((block: number) => void) | null,
  ) {
    this.#fields = fields;
    this.#cache = cache;
    this.#queue = new FreeQueue(fields);
    this.#onPlace = onPlace;
    this.#onEvict = onEvict;
  }

  /** Blocks without an owner, cached or not. */
  get free(): number {
    return this.#queue.count;
  }

  /** Free blocks that could be hit. */
  get cachedFree(): number {
    return this.#cachedFree;
  }

  /** Blocks that lost what they held to be handed out again, so far. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Requests that hold a block. */
  owners(block: number): number {
    return this.#fields[block * WIDTH + OWNERS]!;
  }

  isFree(block: number): boolean {
    return this.owners(block) === 0;
  }

  /** Hands `count` ≤ {@link free} blocks to a row of tables, evicting what they hold. */
  take(count: number, tables: BlockRows, row: number): void {
    const length = tables.lengths[row]!;
    tables.reserve(row, length + count);
    tables.lengths[row] = length + count;
    const { blocks } = tables;
    const from = row * tables.stride + length;
    this.#queue.take(count, blocks, from);
    for (let at = from; at < from + count; at += 1) this.#hand(blocks[at]!);
  }

  /** Hands a block to each of the first `count` ≤ {@link free} of `rows`. */
  takeEach(tables: BlockRows, rows: Int32Array, count: number): void {
    if (count > this.#taken.length) this.#taken = new Int32Array(2 * count);
    const taken = this.#taken;
    this.#queue.take(count, taken, 0);
    for (let at = 0; at < count; at += 1) {
      const block = taken[at]!;
      tables.push(rows[at]!, block);
      this.#hand(block);
    }
  }

  /** One owner more of a block that was hit, free or not. */
  touch(block: number): void {
    if (this.isFree(block)) {
      this.#queue.remove(block);
      this.#cachedFree -= 1;
    }
    this.#fields[block * WIDTH + OWNERS]! += 1;
  }

  /** One owner less; without owners the block is the last to be handed out. */
  release(block: number): void {
    const at = block * WIDTH;
    const owners = this.#fields[at + OWNERS]! - 1;
    assert(owners >= 0, "a block is released twice");
    this.#fields[at + OWNERS] = owners;
    if (owners > 0) return;
    this.#queue.append(block);
    if (this.#fields[at + KEY] !== 0) this.#cachedFree += 1;
  }

  /** The same for those of a column that stand from place `from` to before `until`, the last one first; but not for null blocks. */
  releaseAll(blocks: Int32Array, from: number, until: number): void {
    for (let at = until - 1; at >= from; at -= 1) {
      const block = blocks[at]!;
      if (block !== NULL_BLOCK) this.release(block);
    }
  }

  /** Forgets what all blocks hold. Only while none is owned. */
  forget(): void {
    for (const block of this.#queue.toArray()) if (this.#cache.has(block)) this.#cache.drop(block);
    this.#cachedFree = 0;
  }

  /** Free blocks, first to be handed out first. O(blocks). */
  freeBlocks(): number[] {
    return this.#queue.toArray();
  }

  /** A block that has left the queue has an owner. */
  #hand(block: number): void {
    const at = block * WIDTH;
    if (this.#fields[at + KEY] !== 0) this.#evict(block);
    this.#fields[at + OWNERS] = 1;
    this.#onPlace(block);
  }

  #evict(block: number): void {
    this.#cache.drop(block);
    this.#cachedFree -= 1;
    this.#evicted += 1;
    if (this.#onEvict !== null) this.#onEvict(block);
  }
}
