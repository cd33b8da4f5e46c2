import { Rows } from "../../core/rows";
import { AttentionGroup } from "./attention-group";
import { NULL_BLOCK } from "./block-fields";
import { ALL_SHARED, CachedRequest } from "./cached-request";
import { CachingBlockPool } from "./caching-block-pool";
import { PrefixIndex } from "./prefix-index";

/** Lengthens and shortens the tables of a request in all groups, one group after the other. */
@final
export class RequestTables {
  private readonly groups: StaticArray<AttentionGroup>;
  private readonly rows: Rows;
  private readonly pool: CachingBlockPool;
  private readonly index: PrefixIndex;
  /** Blocks that only the request looked up last can ask for, behind those that were found for it in the index. */
  ownHits: i32 = 0;

  constructor(
    groups: StaticArray<AttentionGroup>,
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
  @inline
  length(request: CachedRequest, group: i32): i32 {
    return this.rows.length(request.firstTable + group);
  }

  /** One group's table in token order. O(length). */
  toArray(request: CachedRequest, group: i32): StaticArray<i32> {
    return this.rows.toArray(request.firstTable + group);
  }

  /** The longest beginning of a request without blocks that is cached, in tokens. */
  lookUp(request: CachedRequest): i32 {
    const hit = this.index.lookUp(request);
    const ownHits = request.lostCount === 0 ? 0 : this.lookUpOwn(request, hit);
    this.ownHits = ownHits;
    return hit + ownHits * this.groups[0].blockSize;
  }

  /**
   * Free blocks that it takes until the tables reach `tokens` tokens: new ones, and those of the `hit` tokens that are free and would
   * not be any more.
   * @param computed Tokens computed by then, the hit included.
   * @param atOnce Count what is held at the same time at most, not what is handed out over time.
   */
  need(request: CachedRequest, hit: i32, computed: i32, tokens: i32, atOnce: bool): i32 {
    const groups = this.groups;
    let need = 0;
    for (let index = 0; index < groups.length; index += 1) {
      const group = groups[index];
      const blockSize = group.blockSize;
      const required = blocksOf(tokens, blockSize);
      const held = hit / blockSize + this.length(request, index);
      need += max((atOnce ? min(required, group.admissionBlocks) : required) - held, 0);
    }
    return hit > 0 ? need + this.freeHits(computed, hit) : need;
  }

  /** Free blocks among those of the first `hit` tokens that were found, but for those that no token after the first `computed` attends to. */
  freeHits(computed: i32, hit: i32): i32 {
    const groups = this.groups;
    const ownHits = this.ownHits;
    let free = ownHits;
    for (let index = 0; index < groups.length; index += 1) {
      const group = groups[index];
      const blocks = hit / group.blockSize - ownHits;
      if (blocks > 0)
        free += this.pool.countFree(this.index.found(index), group.skippedBlocks(computed), blocks);
    }
    return free;
  }

  /** Gives back the blocks that no token after the first `computed` attends to, the last of them first. */
  skip(request: CachedRequest, computed: i32): void {
    const groups = this.groups;
    for (let index = 0; index < groups.length; index += 1) {
      const skipped = groups[index].skippedBlocks(computed);
      if (skipped > 0) this.skipBlocks(request, index, min(skipped, this.length(request, index)));
    }
  }

  /** The request, which holds nothing, takes the blocks of the first `hit` tokens that were found. */
  adopt(request: CachedRequest, hit: i32): void {
    const groups = this.groups;
    const ownHits = this.ownHits;
    for (let index = 0; index < groups.length; index += 1) {
      const group = groups[index];
      const found = this.index.found(index);
      const blocks = hit / group.blockSize - ownHits;
      const skipped = min(group.skippedBlocks(hit), blocks);
      for (let at = 0; at < skipped; at += 1) found[at] = NULL_BLOCK;
      this.pool.touchEach(found, skipped, blocks);
      this.write(request.firstTable + index, found, blocks);
    }
    this.index.adopt(request, hit - ownHits * groups[0].blockSize);
    if (ownHits > 0) this.pool.takeBack(request.lostBlock, ownHits, this.rows, request.firstTable);
  }

  /** The block at `at` of a group's table after a hit of `hit` tokens, but for those that only the request can ask for. */
  hitBlock(group: i32, at: i32, hit: i32): i32 {
    const skipped = this.groups[group].skippedBlocks(hit);
    return at < skipped ? NULL_BLOCK : this.index.found(group)[at];
  }

  /** Adds new blocks until the tables reach `tokens` tokens. */
  extend(request: CachedRequest, tokens: i32): void {
    const groups = this.groups;
    for (let index = 0; index < groups.length; index += 1) {
      const required = blocksOf(tokens, groups[index].blockSize);
      const missing = required - this.length(request, index);
      if (missing > 0) this.pool.take(missing, this.rows, request.firstTable + index);
    }
  }

  /** A request, which is about to give back its blocks in the only group, will ask for those that are full. */
  remember(request: CachedRequest): void {
    const full = request.fullTokens / this.groups[0].blockSize;
    // Of tokens beyond the longest request there are no blocks.
    this.index.addOwn(request, min(full, this.length(request, 0)));
  }

  /** Gives everything back, each table's last block first: ends are evicted before beginnings, which more requests share. */
  release(request: CachedRequest): void {
    const groups = this.groups;
    const rows = this.rows;
    // What others may ask for has a key.
    const fullTokens = request.sharedTokens === ALL_SHARED ? 0 : request.fullTokens;
    for (let index = 0; index < groups.length; index += 1) {
      const group = groups[index];
      const blockSize = group.blockSize;
      const table = request.firstTable + index;
      const from = rows.start(table);
      const until = rows.end(table);
      const keyed = group.keepsAll ? from + request.keyedTokens / blockSize : until;
      const full = from + fullTokens / blockSize;
      this.pool.releaseEach(rows.column, from, until, keyed, full);
      rows.setLength(table, 0);
    }
    this.index.leave(request);
  }

  /** How many blocks behind `hit` tokens, all that it shares with others, a request has given back and only it can ask for, in the only group. */
  private lookUpOwn(request: CachedRequest, hit: i32): i32 {
    const blockSize = this.groups[0].blockSize;
    if (hit + blockSize <= request.sharedTokens) return 0;
    const wanted = (request.content.tokens - 1 - hit) / blockSize;
    const reached = this.pool.reach(request.lostBlock, request.ownKey);
    return min(min(request.lostCount, wanted), reached);
  }

  private skipBlocks(request: CachedRequest, group: i32, skipped: i32): void {
    const column = this.rows.column;
    const first = this.rows.start(request.firstTable + group);
    const until = first + skipped;
    let from = until;
    while (from > first && column[from - 1] !== NULL_BLOCK) from -= 1;
    this.pool.releaseEach(column, from, until, until, from);
    for (let at = from; at < until; at += 1) column[at] = NULL_BLOCK;
  }

  private write(table: i32, blocks: StaticArray<i32>, count: i32): void {
    const rows = this.rows;
    rows.reserve(table, count + 1);
    const column = rows.column;
    const from = rows.start(table);
    for (let at = 0; at < count; at += 1) column[from + at] = blocks[at];
    rows.setLength(table, count);
  }
}

/** Blocks for `tokens` tokens ≥ 0. */
function blocksOf(tokens: i32, blockSize: i32): i32 {
  return (tokens + blockSize - 1) / blockSize;
}
