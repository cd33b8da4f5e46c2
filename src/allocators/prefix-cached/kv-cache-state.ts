import { assert } from "../../core/assert.ts";
import { Rows } from "../../core/rows.ts";
import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import { BlockCache } from "./block-cache.ts";
import { newBlockFields } from "./block-fields.ts";
import { buildGroups, hitAlignment } from "./build-groups.ts";
import type { CachedRequest } from "./cached-request.ts";
import { CachingBlockPool } from "./caching-block-pool.ts";
import { ContentChain } from "./content-chain.ts";
import type { KvCacheLayout, KvCacheOptions } from "./kv-cache-options.ts";
import { PrefixIndex } from "./prefix-index.ts";
import { PrefixStatistics } from "./prefix-statistics.ts";
import { RequestTables } from "./request-tables.ts";

/** What a KV cache holds, and all that can be asked of it without changing it. */
export abstract class KvCacheState {
  readonly statistics = new PrefixStatistics();
  /**
   * Tokens from one block of a decoding request to the next, where it has one table and keeps all its blocks: only then need it be
   * asked for no more often. 0 where it must be asked for each token.
   */
  readonly growthTokens: Tokens;
  protected readonly options: KvCacheOptions;
  protected readonly groups: readonly AttentionGroup[];
  protected readonly pool: CachingBlockPool;
  protected readonly index: PrefixIndex;
  protected readonly tables: RequestTables;
  /** Request × groups + group. */
  protected readonly rows = new Rows();
  protected readonly requests: CachedRequest[] = [];
  private readonly chain: ContentChain;
  private readonly cache: BlockCache;

  constructor(options: KvCacheOptions) {
    const { numBlocks, groups, hashBlockSize, maxModelLen, maxNumBatchedTokens } = options;
    assert(numBlocks >= 1 && groups.length >= 1, "a pool has a null block and a group of layers");
    assert(
      groups.every(({ blockSize }) => blockSize % hashBlockSize === 0),
      "hashBlockSize divides every block size",
    );
    const alignment = hitAlignment(groups);
    this.options = options;
    this.chain = new ContentChain(options.contentHash);
    this.groups = buildGroups(groups, maxModelLen, maxNumBatchedTokens);
    const isPlain = groups.length === 1 && groups[0]!.blockSize === hashBlockSize;
    this.growthTokens = isPlain && this.groups[0]!.keepsAll ? hashBlockSize : 0;
    const fields = newBlockFields(numBlocks);
    this.cache = new BlockCache(fields, groups.length, this.chain);
    this.pool = new CachingBlockPool(fields, this.cache, options.placements, options.onEvict);
    this.index = new PrefixIndex(
      this.chain,
      this.cache,
      this.rows,
      this.groups,
      hashBlockSize,
      alignment,
    );
    this.tables = new RequestTables(this.groups, this.rows, this.pool, this.index);
  }

  /** Whether later requests can hit what earlier ones computed. */
  get keepsContent(): boolean {
    return this.options.prefixCaching;
  }

  /** Free blocks, cached or not. */
  get freeBlocks(): number {
    return this.pool.free;
  }

  /** Free blocks that could be hit. */
  get cachedFreeBlocks(): number {
    return this.pool.cachedFree;
  }

  /** Blocks evicted so far. */
  get evictedBlocks(): number {
    return this.pool.evicted;
  }

  /** Share of the blocks, the null block not counted, that is owned: 0 … 1. */
  get usage(): number {
    const blocks = this.options.numBlocks - 1;
    return (blocks - this.pool.free) / Math.max(1, blocks);
  }

  /** Tokens the request has said. */
  knownTokens(handle: number): Tokens {
    return this.request(handle).content.tokens;
  }

  /** Tokens that were granted or hit since the request began or was last preempted. */
  computedTokens(handle: number): Tokens {
    return this.request(handle).computedTokens;
  }

  /** The most blocks a request of `tokens` tokens holds at once: what start-up sizing and `mustFit` count. */
  requestBlocks(tokens: Tokens): number {
    return this.groups.reduce(
      (sum, { blockSize, admissionBlocks }) =>
        sum + Math.min(Math.ceil(tokens / blockSize), admissionBlocks),
      0,
    );
  }

  /** Leading blocks of the request that all requests with blocks share; 0 with a sliding window or without prefix caching. */
  commonPrefixBlocks(handle: number, group: number): number {
    if (!this.options.prefixCaching || this.options.groups[group]!.type === "sliding") return 0;
    const table = this.table(handle, group);
    const holders = this.requests.filter(({ holds }) => holds).length;
    const owners = this.pool.referenceCounts();
    const parting = table.findIndex((block) => owners[block] !== holders);
    return parting < 0 ? table.length : parting;
  }

  /** Blocks in the tables of a request; 0 for one that holds none. */
  heldBlocks(handle: number): number {
    const request = this.requests[handle];
    let blocks = 0;
    if (request !== undefined)
      for (let group = 0; group < this.groups.length; group += 1)
        blocks += this.tables.length(request, group);
    return blocks;
  }

  /** Requests that hold blocks, ascending. O(requests). */
  holders(): number[] {
    return [...this.requests.keys()].filter((handle) => this.heldBlocks(handle) > 0);
  }

  /** One group's table in token order, 0 where a window has moved on. O(length). */
  table(handle: number, group: number): number[] {
    return this.tables.toArray(this.request(handle), group);
  }

  inspect(): KvCacheLayout {
    const keyed = new Set(this.cache.blocks());
    const others = this.pool.cachedFreeBlocks().filter((block) => !keyed.has(block));
    return {
      referenceCounts: this.pool.referenceCounts(),
      freeQueue: this.pool.freeBlocks(),
      hashed: [...keyed, ...others].sort((a, b) => a - b),
      cacheEntries: this.cache.entries + others.length,
      contentRuns: this.chain.size,
    };
  }

  protected request(handle: number): CachedRequest {
    const request = this.requests[handle];
    assert(request?.active === true, "no such request");
    return request;
  }
}
