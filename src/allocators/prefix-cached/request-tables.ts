import type { Rows } from "../../core/rows.ts";
import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import type { CachedRequest } from "./cached-request.ts";
import type { CachingBlockPool } from "./caching-block-pool.ts";
import type { PrefixIndex } from "./prefix-index.ts";

/** Lengthens and shortens the tables of a request in all groups, one group after the other. */
export class RequestTables {
  private readonly groups: readonly AttentionGroup[];
  private readonly rows: Rows;
  private readonly pool: CachingBlockPool;
  private readonly index: PrefixIndex;
  /** Blocks that only the request looked up last can ask for, behind those that were found for it in the index. */
  #ownHits = 0;

  constructor(
    groups: readonly AttentionGroup[],
    rows: Rows,
    pool: CachingBlockPool,
    index: PrefixIndex,
  ) {
    this.groups = groups;
    this.rows = rows;
    this.pool = pool;
    this.index = index;
  }

  /** Blocks in one group's table of a request, a block that a window has passed counting too. */
  length({ firstTable }: CachedRequest, group: number): number {
    return this.rows.length(firstTable + group);
  }

  /** One group's table in token order. O(length). */
  toArray({ firstTable }: CachedRequest, group: number): number[] {
    return this.rows.toArray(firstTable + group);
  }

  /** The longest beginning of a request without blocks that is cached, in tokens. */
  lookUp(request: CachedRequest): Tokens {
    const hit = this.index.lookUp(request);
    this.#ownHits = request.lostCount === 0 ? 0 : this.#lookUpOwn(request, hit);
    return hit + this.#ownHits * this.groups[0]!.blockSize;
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
    for (let index = 0; index < this.groups.length; index += 1) {
      const group = this.groups[index]!;
      const required = Math.ceil(tokens / group.blockSize);
      const hitBlocks = hit / group.blockSize;
      const held = hitBlocks + this.length(request, index);
      need += Math.max((atOnce ? Math.min(required, group.admissionBlocks) : required) - held, 0);
    }
    return hit > 0 ? need + this.freeHits(computed, hit) : need;
  }

  /** Free blocks among those of the first `hit` tokens that were found, but for those that no token after the first `computed` attends to. */
  freeHits(computed: Tokens, hit: Tokens): number {
    let free = this.#ownHits;
    for (let index = 0; index < this.groups.length; index += 1) {
      const group = this.groups[index]!;
      const blocks = hit / group.blockSize - this.#ownHits;
      if (blocks > 0)
        free += this.pool.countFree(this.index.found(index), group.skippedBlocks(computed), blocks);
    }
    return free;
  }

  /** Gives back the blocks that no token after the first `computed` attends to, the last of them first. */
  skip(request: CachedRequest, computed: Tokens): void {
    for (let index = 0; index < this.groups.length; index += 1) {
      const skipped = this.groups[index]!.skippedBlocks(computed);
      if (skipped > 0) this.#skip(request, index, Math.min(skipped, this.length(request, index)));
    }
  }

  /** The request, which holds nothing, takes the blocks of the first `hit` tokens that were found. */
  adopt(request: CachedRequest, hit: Tokens): void {
    for (let index = 0; index < this.groups.length; index += 1) {
      const group = this.groups[index]!;
      const found = this.index.found(index);
      const blocks = hit / group.blockSize - this.#ownHits;
      const skipped = Math.min(group.skippedBlocks(hit), blocks);
      if (skipped > 0) found.fill(NULL_BLOCK, 0, skipped);
      this.pool.touchEach(found, skipped, blocks);
      this.#write(request.firstTable + index, found, blocks);
    }
    this.index.adopt(request, hit - this.#ownHits * this.groups[0]!.blockSize);
    if (this.#ownHits > 0)
      this.pool.takeBack(request.lostBlock, this.#ownHits, this.rows, request.firstTable);
  }

  /** The block at `at` of a group's table after a hit of `hit` tokens, but for those that only the request can ask for. */
  hitBlock(group: number, at: number, hit: Tokens): number {
    const skipped = this.groups[group]!.skippedBlocks(hit);
    return at < skipped ? NULL_BLOCK : this.index.found(group)[at]!;
  }

  /** Adds new blocks until the tables reach `tokens` tokens. */
  extend(request: CachedRequest, tokens: Tokens): void {
    for (let index = 0; index < this.groups.length; index += 1) {
      const required = Math.ceil(tokens / this.groups[index]!.blockSize);
      const missing = required - this.length(request, index);
      if (missing > 0) this.pool.take(missing, this.rows, request.firstTable + index);
    }
  }

  /** A request, which is about to give back its blocks in the only group, will ask for those that are full. */
  remember(request: CachedRequest): void {
    const full = Math.floor(request.fullTokens / this.groups[0]!.blockSize);
    // Of tokens beyond the longest request there are no blocks.
    this.index.addOwn(request, Math.min(full, this.length(request, 0)));
  }

  /** Gives everything back, each table's last block first: ends are evicted before beginnings, which more requests share. */
  release(request: CachedRequest): void {
    // What others may ask for has a key.
    const fullTokens = request.sharedTokens === Infinity ? 0 : request.fullTokens;
    for (let index = 0; index < this.groups.length; index += 1) {
      const { keepsAll, blockSize } = this.groups[index]!;
      const table = request.firstTable + index;
      const from = this.rows.start(table);
      const until = from + this.rows.length(table);
      const keyed = keepsAll ? from + Math.floor(request.keyedTokens / blockSize) : until;
      const full = from + Math.floor(fullTokens / blockSize);
      this.pool.releaseEach(this.rows.column, from, until, keyed, full);
      this.rows.setLength(table, 0);
    }
    this.index.leave(request);
  }

  /** How many blocks behind `hit` tokens, all that it shares with others, a request has given back and only it can ask for, in the only group. */
  #lookUpOwn(
    { content, sharedTokens, lostBlock, lostCount, ownKey }: CachedRequest,
    hit: Tokens,
  ): number {
    const { blockSize } = this.groups[0]!;
    if (hit + blockSize <= sharedTokens) return 0;
    const wanted = Math.floor((content.tokens - 1 - hit) / blockSize);
    return Math.min(lostCount, wanted, this.pool.reach(lostBlock, ownKey));
  }

  #skip({ firstTable }: CachedRequest, group: number, skipped: number): void {
    const { column } = this.rows;
    const first = this.rows.start(firstTable + group);
    const until = first + skipped;
    let from = until;
    while (from > first && column[from - 1] !== NULL_BLOCK) from -= 1;
    this.pool.releaseEach(column, from, until, until, from);
    column.fill(NULL_BLOCK, from, until);
  }

  #write(table: number, blocks: Int32Array, count: number): void {
    this.rows.reserve(table, count + 1);
    const from = this.rows.start(table);
    for (let at = 0; at < count; at += 1) this.rows.column[from + at] = blocks[at]!;
    this.rows.setLength(table, count);
  }
}
