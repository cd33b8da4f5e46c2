import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import type { BlockRows } from "./block-rows.ts";
import type { CachedRequest } from "./cached-request.ts";
import type { CachingBlockPool } from "./caching-block-pool.ts";
import type { PrefixIndex } from "./prefix-index.ts";

/** Lengthens and shortens the tables of a request in all groups, one group after the other. */
export class RequestTables {
  readonly #groups: readonly AttentionGroup[];
  readonly #rows: BlockRows;
  readonly #pool: CachingBlockPool;
  readonly #index: PrefixIndex;

  constructor(
    groups: readonly AttentionGroup[],
    rows: BlockRows,
    pool: CachingBlockPool,
    index: PrefixIndex,
  ) {
    this.#groups = groups;
    this.#rows = rows;
    this.#pool = pool;
    this.#index = index;
  }

  /** Blocks in one group's table of a request, a block that a window has passed counting too. */
  length({ firstTable }: CachedRequest, group: number): number {
    return this.#rows.lengths[firstTable + group]!;
  }

  /** One group's table in token order. O(length). */
  toArray({ firstTable }: CachedRequest, group: number): number[] {
    return this.#rows.toArray(firstTable + group);
  }

  /**
   * Free blocks that it takes until the tables reach `tokens` tokens: new ones, and those of the `hit` tokens that are free and would
   * not be any more.
   * @param computed Tokens computed by then, the hit included.
   * @param atOnce Count what is held at the same time at most, not what is handed out over time.
   */
  need(
    request: CachedRequest,
    hit: Tokens,
    computed: Tokens,
    tokens: Tokens,
    atOnce: boolean,
  ): number {
    let need = 0;
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      const required = Math.ceil(tokens / group.blockSize);
      const hitBlocks = hit / group.blockSize;
      const held = hitBlocks + this.length(request, index);
      need += Math.max((atOnce ? Math.min(required, group.admissionBlocks) : required) - held, 0);
    }
    return hit > 0 ? need + this.freeHits(computed, hit) : need;
  }

  /** Free blocks among those of the first `hit` tokens that were found, but for those that no token after the first `computed` attends to. */
  freeHits(computed: Tokens, hit: Tokens): number {
    let free = 0;
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      const found = this.#index.found(index);
      free += this.#pool.countFree(found, group.skippedBlocks(computed), hit / group.blockSize);
    }
    return free;
  }

  /** Gives back the blocks that no token after the first `computed` attends to, the last of them first. */
  skip(request: CachedRequest, computed: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const skipped = this.#groups[index]!.skippedBlocks(computed);
      if (skipped > 0) this.#skip(request, index, Math.min(skipped, this.length(request, index)));
    }
  }

  /** The request, which holds nothing, takes the blocks of the first `hit` tokens that were found. */
  adopt(request: CachedRequest, hit: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index]!;
      const found = this.#index.found(index);
      const blocks = hit / group.blockSize;
      const skipped = Math.min(group.skippedBlocks(hit), blocks);
      found.fill(NULL_BLOCK, 0, skipped);
      this.#pool.touchEach(found, skipped, blocks);
      this.#write(request.firstTable + index, found, blocks);
    }
    this.#index.adopt(request, hit);
  }

  /** The block at `at` of a group's table after a hit of `hit` tokens. */
  hitBlock(group: number, at: number, hit: Tokens): number {
    const skipped = this.#groups[group]!.skippedBlocks(hit);
    return at < skipped ? NULL_BLOCK : this.#index.found(group)[at]!;
  }

  /** Adds new blocks until the tables reach `tokens` tokens. */
  extend(request: CachedRequest, tokens: Tokens): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const required = Math.ceil(tokens / this.#groups[index]!.blockSize);
      const missing = required - this.length(request, index);
      if (missing > 0) this.#pool.take(missing, this.#rows, request.firstTable + index);
    }
  }

  /** Notes the full blocks of a request in the only group, which is about to give them back. */
  remember(request: CachedRequest): void {
    const { blocks, stride } = this.#rows;
    const count = Math.floor(request.fullTokens / this.#groups[0]!.blockSize);
    const from = request.firstTable * stride;
    if (count > request.lostBlocks.length) request.lostBlocks = new Int32Array(2 * count);
    for (let at = 0; at < count; at += 1) request.lostBlocks[at] = blocks[from + at]!;
    request.lostCount = count;
  }

  /** Gives everything back, each table's last block first: ends are evicted before beginnings, which more requests share. */
  release(request: CachedRequest): void {
    // What others may ask for has a name.
    const full = request.sharedTokens === Infinity ? 0 : request.fullTokens;
    for (let index = 0; index < this.#groups.length; index += 1)
      this.#releaseTable(request, index, Math.floor(full / this.#groups[index]!.blockSize));
    this.#index.leave(request);
  }

  #skip({ firstTable, ownKey }: CachedRequest, group: number, skipped: number): void {
    const { blocks, stride } = this.#rows;
    const first = (firstTable + group) * stride;
    let from = first + skipped;
    while (from > first && blocks[from - 1] !== NULL_BLOCK) from -= 1;
    this.#pool.releaseEach(blocks, from, first + skipped, from, ownKey);
    blocks.fill(NULL_BLOCK, from, first + skipped);
  }

  #write(table: number, column: Int32Array, count: number): void {
    this.#rows.reserve(table, count + 1);
    const { blocks, lengths, stride } = this.#rows;
    for (let at = 0; at < count; at += 1) blocks[table * stride + at] = column[at]!;
    lengths[table] = count;
  }

  #releaseTable({ firstTable, ownKey }: CachedRequest, group: number, full: number): void {
    const { blocks, lengths, stride } = this.#rows;
    const table = firstTable + group;
    const from = table * stride;
    this.#pool.releaseEach(blocks, from, from + lengths[table]!, from + full, ownKey);
    lengths[table] = 0;
  }
}
