import { Digest } from "../../core/digest";
import { Rows } from "../../core/rows";
import { Layout } from "../layout";
import { AttentionGroup } from "./attention-group";
import { BlockCache } from "./block-cache";
import { newBlockFields } from "./block-fields";
import { buildGroups, hitAlignment } from "./build-groups";
import { CachingBlockPool } from "./caching-block-pool";
import { ContentChain } from "./content-chain";
import { KnownRequests } from "./known-requests";
import { PrefixIndex } from "./prefix-index";
import { PrefixStatistics } from "./prefix-statistics";
import { RequestTables } from "./request-tables";

/** What a KV cache holds, and all that can be asked of it without changing it. */
export abstract class KvCacheState extends KnownRequests {
  readonly statistics: PrefixStatistics = new PrefixStatistics();
  /**
   * Tokens from one block of a decoding request to the next, where it has one table and keeps all its blocks: only then need it be
   * asked for no more often. 0 where it must be asked for each token.
   */
  readonly growthTokens: i32;
  /** Whether later requests can hit what earlier ones computed. */
  readonly keepsContent: bool;
  protected readonly numBlocks: i32;
  protected readonly maxModelLen: i32;
  protected readonly groups: StaticArray<AttentionGroup>;
  readonly pool: CachingBlockPool;
  protected readonly index: PrefixIndex;
  protected readonly tables: RequestTables;
  /** Request × groups + group. */
  protected readonly rows: Rows;
  private readonly chain: ContentChain;
  private readonly cache: BlockCache;

  /**
   * @param numBlocks All blocks of the pool, ≥ 1, the null block among them.
   * @param blockSizes Of at least one group; each group is given its blocks in this order.
   * @param windows Of each group; 0 for full attention.
   * @param hashBlockSize Content is compared in units of so many tokens; divides every block size. It changes no result.
   * @param prefixCaching Whether anything is kept for later requests.
   * @param maxModelLen Tokens of the longest request: nothing is allocated beyond.
   * @param maxNumBatchedTokens Tokens that one step computes at most.
   * @param placements Takes in each block handed out, in order; not of blocks that were hit.
   */
  constructor(
    numBlocks: i32,
    blockSizes: StaticArray<i32>,
    windows: StaticArray<i32>,
    hashBlockSize: i32,
    prefixCaching: bool,
    maxModelLen: i32,
    maxNumBatchedTokens: i32,
    placements: Digest,
  ) {
    super();
    const length = blockSizes.length;
    assert(numBlocks >= 1 && length >= 1, "a pool has a null block and a group of layers");
    for (let group = 0; group < length; group += 1)
      assert(blockSizes[group] % hashBlockSize === 0, "hashBlockSize divides every block size");
    const alignment = hitAlignment(blockSizes);
    const groups = buildGroups(blockSizes, windows, maxModelLen, maxNumBatchedTokens);
    const isPlain = length === 1 && blockSizes[0] === hashBlockSize;
    const fields = newBlockFields(numBlocks);
    const rows = new Rows();
    const chain = new ContentChain();
    const cache = new BlockCache(fields, length, chain);
    const pool = new CachingBlockPool(fields, cache, placements);
    const index = new PrefixIndex(chain, cache, rows, groups, hashBlockSize, alignment);
    this.growthTokens = isPlain && groups[0].keepsAll ? hashBlockSize : 0;
    this.keepsContent = prefixCaching;
    this.numBlocks = numBlocks;
    this.maxModelLen = maxModelLen;
    this.groups = groups;
    this.rows = rows;
    this.chain = chain;
    this.cache = cache;
    this.pool = pool;
    this.index = index;
    this.tables = new RequestTables(groups, rows, pool, index);
  }

  /** Free blocks, cached or not. */
  @inline
  get freeBlocks(): i32 {
    return this.pool.free;
  }

  /** Free blocks that could be hit. */
  @inline
  get cachedFreeBlocks(): i32 {
    return this.pool.cachedFree;
  }

  /** Blocks evicted so far. */
  @inline
  get evictedBlocks(): f64 {
    return this.pool.evicted;
  }

  /** Share of the blocks, the null block not counted, that is owned: 0 … 1. */
  get usage(): f64 {
    const blocks = this.numBlocks - 1;
    return <f64>(blocks - this.pool.free) / <f64>max(1, blocks);
  }

  /** Tokens the request has said. */
  @inline
  knownTokens(handle: i32): i32 {
    return this.request(handle).content.tokens;
  }

  /** Tokens that were granted or hit since the request began or was last preempted. */
  @inline
  computedTokens(handle: i32): i32 {
    return this.request(handle).computedTokens;
  }

  /** The most blocks a request of `tokens` tokens holds at once: what start-up sizing and `mustFit` count. */
  requestBlocks(tokens: i32): i32 {
    let blocks = 0;
    for (let index = 0; index < this.groups.length; index += 1) {
      const group = this.groups[index];
      blocks += min((tokens + group.blockSize - 1) / group.blockSize, group.admissionBlocks);
    }
    return blocks;
  }

  /** Blocks in the tables of a request; 0 for one that holds none. */
  heldBlocks(handle: i32): i32 {
    const request = handle < this.requests.length ? this.requests[handle] : null;
    if (request === null) return 0;
    let blocks = 0;
    for (let group = 0; group < this.groups.length; group += 1)
      blocks += this.tables.length(request, group);
    return blocks;
  }

  /** Leading blocks of the request that all requests with blocks share; 0 with a sliding window or without prefix caching. O(pool). */
  commonPrefixBlocks(handle: i32, group: i32): i32 {
    if (!this.keepsContent || !this.groups[group].keepsAll) return 0;
    const table = this.table(handle, group);
    const owners = this.pool.referenceCounts();
    let holders = 0;
    for (let other = 0; other < this.requests.length; other += 1) {
      const request = this.requests[other];
      if (request === null) continue;
      if (request.holds) holders += 1;
    }
    let common = 0;
    while (common < table.length && owners[table[common]] === holders) common += 1;
    return common;
  }

  /** Requests that hold blocks, ascending. O(requests). */
  holders(): StaticArray<i32> {
    let count = 0;
    for (let handle = 0; handle < this.requests.length; handle += 1)
      if (this.heldBlocks(handle) > 0) count += 1;
    const holders = new StaticArray<i32>(count);
    count = 0;
    for (let handle = 0; handle < this.requests.length; handle += 1) {
      if (this.heldBlocks(handle) === 0) continue;
      holders[count] = handle;
      count += 1;
    }
    return holders;
  }

  /** One group's table in token order, 0 where a window has moved on. O(length). */
  table(handle: i32, group: i32): StaticArray<i32> {
    return this.tables.toArray(this.request(handle), group);
  }

  /** Owners of each block; of the null block 0. O(pool), like all below. */
  referenceCounts(): StaticArray<i32> {
    return this.pool.referenceCounts();
  }

  /** Free blocks, first to be handed out first. */
  freeQueue(): StaticArray<i32> {
    return this.pool.freeBlocks();
  }

  /** Writes down the tables of the only group and the free blocks, by handle, in cells that count from the block after the null block. */
  describe(layout: Layout): void {
    const pool = layout.gpu;
    const rows = this.rows;
    pool.clear(this.numBlocks - 1);
    for (let handle = 0; handle < this.requests.length; handle += 1) {
      const request = this.requests[handle];
      if (request === null || this.tables.length(request, 0) === 0) continue;
      pool.held.addCells(
        rows.column,
        rows.start(request.firstTable),
        rows.end(request.firstTable),
        1,
      );
      pool.close(handle);
    }
    this.pool.describe(layout);
  }

  /** Blocks that are cached, ascending; those that nobody could ask for only once they are free. */
  hashed(): StaticArray<i32> {
    const others = this.unkeyed();
    const isOther = new StaticArray<bool>(this.numBlocks);
    for (let at = 0; at < others.length; at += 1) isOther[others[at]] = true;
    let count = others.length;
    for (let block = 0; block < this.numBlocks; block += 1) if (this.cache.has(block)) count += 1;
    const hashed = new StaticArray<i32>(count);
    count = 0;
    for (let block = 0; block < this.numBlocks; block += 1) {
      if (!this.cache.has(block) && !isOther[block]) continue;
      hashed[count] = block;
      count += 1;
    }
    return hashed;
  }

  /** Distinct contents among them, a content once for each group, and one more for each that nobody could ask for. */
  cacheEntries(): i32 {
    return this.cache.entries + this.unkeyed().length;
  }

  /** Runs of content that are remembered for blocks or requests; 0 once all is given back and forgotten. */
  get contentRuns(): i32 {
    return this.chain.size;
  }

  /** Free blocks that hold content nobody could ask for, first to be handed out first. */
  private unkeyed(): StaticArray<i32> {
    const free = this.pool.cachedFreeBlocks();
    let count = 0;
    for (let at = 0; at < free.length; at += 1) if (!this.cache.has(free[at])) count += 1;
    const unkeyed = new StaticArray<i32>(count);
    count = 0;
    for (let at = 0; at < free.length; at += 1) {
      if (this.cache.has(free[at])) continue;
      unkeyed[count] = free[at];
      count += 1;
    }
    return unkeyed;
  }
}
