import { assert } from "../../core/assert.ts";
import type { Segment, Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { BlockCache } from "./block-cache.ts";
import { buildGroups, hitAlignment } from "./build-groups.ts";
import { CachedRequest } from "./cached-request.ts";
import { CachingBlockPool } from "./caching-block-pool.ts";
import { ContentChain } from "./content-chain.ts";
import type { KvCacheLayout, KvCacheOptions } from "./kv-cache-options.ts";
import { PrefixIndex } from "./prefix-index.ts";
import { PrefixStatistics } from "./prefix-statistics.ts";
import { RequestTables } from "./request-tables.ts";

/**
 * The KV cache of one replica as vLLM V1 manages it (`KVCacheManager` at 52a31cc): blocks on demand from one pool, a table for each group
 * of layers, and full blocks that other requests with the same beginning can hit. Requests are named by small dense integers
 * that the caller chooses.
 */
export class KvCacheManager {
  readonly statistics = new PrefixStatistics();
  readonly #options: KvCacheOptions;
  readonly #groups: readonly AttentionGroup[];
  readonly #chain: ContentChain;
  readonly #cache: BlockCache;
  readonly #pool: CachingBlockPool;
  readonly #index: PrefixIndex;
  readonly #tables: RequestTables;
  readonly #requests: CachedRequest[] = [];
  /** The request looked up last, while what was found is sure to be there still; and its hit. */
  #found: CachedRequest | null = null;
  #hit: Tokens = 0;
  #needBlocks = 0;
  #holders = 0;

  constructor(options: KvCacheOptions) {
    const { numBlocks, groups, hashBlockSize, maxModelLen, maxNumBatchedTokens } = options;
    assert(numBlocks >= 1 && groups.length >= 1, "a pool has a null block and a group of layers");
    assert(
      groups.every(({ blockSize }) => blockSize % hashBlockSize === 0),
      "hashBlockSize divides every block size",
    );
    const alignment = hitAlignment(groups);
    this.#options = options;
    this.#chain = new ContentChain(options.contentHash);
    this.#groups = buildGroups(groups, maxModelLen, maxNumBatchedTokens);
    this.#cache = new BlockCache(numBlocks, groups.length, this.#chain);
    this.#pool = new CachingBlockPool(numBlocks, this.#cache, options.onPlace, options.onEvict);
    this.#index = new PrefixIndex(this.#chain, this.#cache, this.#groups, hashBlockSize, alignment);
    this.#tables = new RequestTables(this.#groups, this.#pool, this.#index);
  }

  /** Whether later requests can hit what earlier ones computed. */
  get keepsContent(): boolean {
    return this.#options.prefixCaching;
  }

  /** Free blocks, cached or not. */
  get freeBlocks(): number {
    return this.#pool.free;
  }

  /** Free blocks that could be hit. */
  get cachedFreeBlocks(): number {
    return this.#pool.cachedFree;
  }

  /** Blocks evicted so far. */
  get evictedBlocks(): number {
    return this.#pool.evicted;
  }

  /** Share of the blocks, the null block not counted, that is owned: 0 … 1. */
  get usage(): number {
    const blocks = this.#options.numBlocks - 1;
    return (blocks - this.#pool.free) / Math.max(1, blocks);
  }

  /** Blocks that had to be free for the last {@link allocate}, granted or refused. */
  get needBlocks(): number {
    return this.#needBlocks;
  }

  /** A new request. `handle` names no other until {@link free}. */
  begin(handle: number, segments: readonly Segment[]): void {
    this.#requests[handle] ??= new CachedRequest(this.#groups.length);
    const request = this.#requests[handle];
    assert(!request.active, "a request begins twice");
    request.active = true;
    request.preempted = false;
    request.content.replace(segments);
  }

  /** The request says `length` tokens more: of the content `contentId`, from its token `offset` on. */
  append(handle: number, contentId: number, offset: Tokens, length: Tokens): void {
    this.#found = null;
    this.#request(handle).content.append(contentId, offset, length);
  }

  /**
   * The tokens at the beginning of a request without blocks that need not be computed; 0 without prefix caching. An {@link allocate}
   * of this request that follows directly takes their blocks.
   */
  lookUp(handle: number): Tokens {
    const request = this.#request(handle);
    assert(!request.holds, "a request is looked up while it holds blocks");
    if (!this.#options.prefixCaching) return 0;
    this.#found = request;
    this.#hit = this.#index.lookUp(request);
    this.statistics.count(request.preempted, request.content.tokens, this.#hit);
    return this.#hit;
  }

  /**
   * Blocks for the next `newTokens` tokens behind those computed and those just hit. Refused (false) if {@link needBlocks} exceeds
   * {@link freeBlocks}; blocks that a sliding window has passed are given back even then, and nothing else changes.
   * @param mustFit Refuse also while there is no room for all tokens the request knows.
   */
  allocate(handle: number, newTokens: Tokens, mustFit = false): boolean {
    const request = this.#request(handle);
    const { maxModelLen, prefixCaching } = this.#options;
    const hit = this.#found === request ? this.#hit : 0;
    this.#found = null;
    const before = Math.min(request.computedTokens + hit, maxModelLen);
    const known = request.content.tokens;
    if (mustFit && !this.#fits(request, hit, before, Math.min(known, maxModelLen), true)) {
      return false;
    }
    this.#tables.skip(request, before);
    const after = Math.min(before + newTokens, maxModelLen);
    if (!this.#fits(request, hit, before, after, false)) return false;
    if (hit > 0) this.#tables.adopt(request, hit);
    this.#tables.extend(request, after);
    this.#hold(request);
    request.computedTokens += hit + newTokens;
    if (prefixCaching) this.#index.add(request, Math.min(before + newTokens, known));
    return true;
  }

  /** The request gives back all it holds; it stays known, and will be looked up and computed again. */
  preempt(handle: number): void {
    this.#request(handle).preempted = true;
    this.#release(this.#request(handle));
  }

  /** The request has ended and gives back all it holds. */
  free(handle: number): void {
    this.#release(this.#request(handle));
    this.#requests[handle]!.active = false;
  }

  /** Forgets all cached content. Refused (false) while any block is owned. */
  reset(): boolean {
    if (this.#pool.free < this.#options.numBlocks - 1) return false;
    this.#found = null;
    this.#pool.forget();
    return true;
  }

  /** Tokens the request has said. */
  knownTokens(handle: number): Tokens {
    return this.#request(handle).content.tokens;
  }

  /** Tokens that were granted or hit since the request began or was last preempted. */
  computedTokens(handle: number): Tokens {
    return this.#request(handle).computedTokens;
  }

  /** The most blocks a request of `tokens` tokens holds at once: what start-up sizing and `mustFit` count. */
  requestBlocks(tokens: Tokens): number {
    return this.#groups.reduce(
      (sum, { blockSize, admissionBlocks }) =>
        sum + Math.min(Math.ceil(tokens / blockSize), admissionBlocks),
      0,
    );
  }

  /** Leading blocks of the request that all requests with blocks share; 0 with a sliding window or without prefix caching. */
  commonPrefixBlocks(handle: number, group: number): number {
    const table = this.#request(handle).tables[group]!;
    if (!this.#options.prefixCaching || this.#options.groups[group]!.type === "sliding") return 0;
    const { references } = this.#pool;
    let common = 0;
    while (common < table.length && references[table.at(common)] === this.#holders) common += 1;
    return common;
  }

  /** Blocks in the tables of a request; 0 for one that holds none. */
  heldBlocks(handle: number): number {
    return this.#requests[handle]?.tables.reduce((sum, { length }) => sum + length, 0) ?? 0;
  }

  /** Requests that hold blocks, ascending. O(requests). */
  holders(): number[] {
    return [...this.#requests.keys()].filter((handle) => this.heldBlocks(handle) > 0);
  }

  /** One group's table in token order, 0 where a window has moved on. O(length). */
  table(handle: number, group: number): number[] {
    return this.#request(handle).tables[group]!.toArray();
  }

  /** The same of what the last {@link lookUp} found, until the next {@link allocate}. O(length). */
  hitBlocks(group: number): number[] {
    const length = this.#found === null ? 0 : this.#hit / this.#groups[group]!.blockSize;
    return Array.from({ length }, (_, at) => this.#tables.hitBlock(group, at, this.#hit));
  }

  inspect(): KvCacheLayout {
    return {
      referenceCounts: this.#pool.references.slice(),
      freeQueue: this.#pool.freeBlocks(),
      hashed: this.#cache.blocks(),
      cacheEntries: this.#cache.entries,
      contentNodes: this.#chain.size,
    };
  }

  #request(handle: number): CachedRequest {
    const request = this.#requests[handle];
    assert(request?.active === true, "no such request");
    return request;
  }

  #fits(
    request: CachedRequest,
    hit: Tokens,
    computed: Tokens,
    tokens: Tokens,
    atOnce: boolean,
  ): boolean {
    this.#needBlocks = this.#tables.need(request, hit, computed, tokens, atOnce);
    return this.#needBlocks <= this.#pool.free;
  }

  #hold(request: CachedRequest): void {
    if (request.holds) return;
    request.holds = true;
    this.#holders += 1;
  }

  #release(request: CachedRequest): void {
    this.#found = null;
    if (request.holds) this.#holders -= 1;
    request.holds = false;
    request.computedTokens = 0;
    this.#tables.release(request);
  }
}
