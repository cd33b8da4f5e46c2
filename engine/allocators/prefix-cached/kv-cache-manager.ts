import { ALL_SHARED, CachedRequest } from "./cached-request";
import { KvCacheState } from "./kv-cache-state";

/** No handle. */
const NOBODY: i32 = -1;

/**
 * The KV cache of one replica as vLLM V1 manages it (`KVCacheManager` at 52a31cc): blocks on demand from one pool, a table for each group
 * of layers, and full blocks that other requests with the same beginning can hit. Requests are named by small dense integers
 * that the caller chooses.
 */
@final
export class KvCacheManager extends KvCacheState {
  /** Blocks that had to be free for the last {@link allocate}, granted or refused. */
  needBlocks: i32 = 0;
  /** The handle of the request looked up last, while what was found is sure to be there still; and its hit. */
  private found: i32 = NOBODY;
  private hit: i32 = 0;
  /** Requests that have joined and say what others may say. */
  private shared: i32 = 0;

  /**
   * A new request. `handle` names no other until {@link free}.
   * @param segments What it says, `count` segments of three numbers: content, offset, length. It is copied.
   * @param sharedTokens Tokens from its beginning that other requests may say, too; the rest, all it will say included, nobody else does.
   */
  begin(handle: i32, segments: StaticArray<i32>, count: i32, sharedTokens: i32 = ALL_SHARED): void {
    const known = handle < this.requests.length ? this.requests[handle] : null;
    const request = known === null ? this.meet(handle) : known;
    assert(!request.active, "a request begins twice");
    request.active = true;
    request.preempted = false;
    request.lostCount = 0;
    // With several groups the index alone knows which blocks are cached.
    request.sharedTokens = this.growthTokens > 0 ? sharedTokens : ALL_SHARED;
    request.content.replace(segments, count);
  }

  /** The request says `length` tokens more: of the content `contentId`, from its token `offset` on. */
  append(handle: i32, contentId: i32, offset: i32, length: i32): void {
    this.found = NOBODY;
    this.request(handle).content.append(contentId, offset, length);
  }

  /**
   * The tokens at the beginning of a request without blocks that need not be computed; 0 without prefix caching. An {@link allocate}
   * of this request that follows directly takes their blocks.
   */
  lookUp(handle: i32): i32 {
    const request = this.request(handle);
    assert(!request.holds, "a request is looked up while it holds blocks");
    if (!this.keepsContent) return 0;
    this.found = handle;
    const hit = this.tables.lookUp(request);
    this.hit = hit;
    this.statistics.count(request.preempted, request.content.tokens, hit, 1);
    return hit;
  }

  /** A request that was looked up last, and refused, would find the same `hitTokens` tokens `times` times more. */
  lookUpAgain(handle: i32, hitTokens: i32, times: f64): void {
    if (!this.keepsContent) return;
    const request = this.request(handle);
    this.statistics.count(request.preempted, request.content.tokens, hitTokens, times);
  }

  /** Free blocks among those of the first `hitTokens` tokens of the request looked up last, until the next {@link allocate} that is granted. */
  freeHits(hitTokens: i32): i32 {
    return this.tables.freeHits(0, hitTokens);
  }

  /**
   * Blocks for the next `newTokens` tokens behind those computed and those just hit. Refused (false) if {@link needBlocks} exceeds
   * {@link freeBlocks}; blocks that a sliding window has passed are given back even then, and nothing else changes.
   * @param mustFit Refuse also while there is no room for all tokens the request knows.
   */
  allocate(handle: i32, newTokens: i32, mustFit: bool = false): bool {
    const request = this.request(handle);
    const maxModelLen = this.maxModelLen;
    const hit = this.found === handle ? this.hit : 0;
    this.found = NOBODY;
    const before = min(request.computedTokens + hit, maxModelLen);
    const after = min(before + newTokens, maxModelLen);
    const known = request.content.tokens;
    const all = min(known, maxModelLen);
    if (mustFit && !this.fits(request, hit, before, all, true)) return false;
    // Who keeps all its blocks has room when it has room at once.
    const keepsAll = this.growthTokens > 0;
    if (!keepsAll) this.tables.skip(request, before);
    const hasRoom = mustFit && after === all && keepsAll;
    if (!hasRoom && !this.fits(request, hit, before, after, false)) return false;
    request.holds = true;
    if (hit > 0) this.tables.adopt(request, hit);
    this.tables.extend(request, after);
    request.computedTokens += hit + newTokens;
    if (this.keepsContent) this.fillFull(request, min(before + newTokens, known));
    return true;
  }

  /**
   * A request that holds blocks in the only group goes on with what it said last, a token for each step, until it has said at most
   * `tokens` in all. Until it {@link leave}s nobody need ask for it, but where a block ends.
   */
  join(handle: i32, tokens: i32): void {
    this.rows.reserve(handle, (tokens + this.growthTokens - 1) / this.growthTokens);
    if (this.request(handle).sharedTokens === ALL_SHARED) this.shared += 1;
  }

  /** Whether others may ask for what a request says that has joined: then each block must be {@link fill}ed as soon as it is full. */
  @inline
  get sharesGrowth(): bool {
    return this.shared > 0 && this.keepsContent;
  }

  /** The blocks of the first `tokens` tokens of a request that has joined are full, or will be with the next one: they are cached now. */
  fill(handle: i32, tokens: i32): void {
    if (!this.keepsContent) return;
    const request = this.request(handle);
    request.content.continueTo(tokens);
    this.fillFull(request, tokens);
  }

  /** One block more for a request that has joined, all of whose blocks are full; refused (false) if none is free. */
  open(handle: i32): bool {
    if (this.pool.free === 0) return false;
    this.found = NOBODY;
    this.pool.take(1, this.rows, handle);
    return true;
  }

  /** The same for those of the runs (engine/core/growth.ts) of `handles` from number `from` on to before `until`, at most {@link freeBlocks} in all. */
  openEach(handles: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    this.found = NOBODY;
    this.pool.takeForEach(this.rows, handles, runs, from, until);
  }

  /** A request that has joined stands for itself again, having said and computed so much. */
  leave(handle: i32, computedTokens: i32, knownTokens: i32): void {
    const request = this.request(handle);
    if (request.sharedTokens === ALL_SHARED) this.shared -= 1;
    request.content.continueTo(knownTokens);
    request.computedTokens = computedTokens;
    if (this.keepsContent) this.fillFull(request, computedTokens);
  }

  /** The request gives back all it holds; it stays known, and will be looked up and computed again: now it may find what only it says. */
  preempt(handle: i32): void {
    const request = this.request(handle);
    request.preempted = true;
    request.lostCount = 0;
    if (this.mayHaveEquals(request)) request.sharedTokens = ALL_SHARED;
    if (request.sharedTokens === ALL_SHARED) this.index.add(request, request.fullTokens);
    else this.tables.remember(request);
    this.release(request);
  }

  /** The request has ended and gives back all it holds. */
  free(handle: i32): void {
    const request = this.request(handle);
    this.release(request);
    request.active = false;
  }

  /** Forgets all cached content. Refused (false) while any block is owned. */
  reset(): bool {
    if (this.pool.free < this.numBlocks - 1) return false;
    this.found = NOBODY;
    this.pool.forget();
    return true;
  }

  /**
   * One group's table, as far as the last {@link lookUp} found it in the index, until the next {@link allocate}: blocks that only the
   * request can ask for are not among them. O(length).
   */
  hitBlocks(group: i32): StaticArray<i32> {
    const hits = this.hit / this.groups[group].blockSize;
    const length = this.found === NOBODY ? 0 : hits - this.tables.ownHits;
    const blocks = new StaticArray<i32>(length);
    for (let at = 0; at < length; at += 1) blocks[at] = this.tables.hitBlock(group, at, this.hit);
    return blocks;
  }

  private fits(request: CachedRequest, hit: i32, computed: i32, tokens: i32, atOnce: bool): bool {
    const needBlocks = this.tables.need(request, hit, computed, tokens, atOnce);
    this.needBlocks = needBlocks;
    return needBlocks <= this.pool.free;
  }

  /** Whether a request is preempted with a last block that it will not find, because it ends with it: so it will compute an equal one. */
  private mayHaveEquals(request: CachedRequest): bool {
    const size = this.growthTokens;
    const full = request.fullTokens;
    return size > 0 && full === request.content.tokens && full % size === 0;
  }

  /** Caches the full blocks of the first `tokens` tokens: those that others may ask for by name. */
  private fillFull(request: CachedRequest, tokens: i32): void {
    this.found = NOBODY;
    if (tokens > request.fullTokens) request.fullTokens = tokens;
    const shared = min(tokens, request.sharedTokens);
    if (shared > request.keyedTokens) this.index.add(request, shared);
  }

  private release(request: CachedRequest): void {
    this.found = NOBODY;
    if (!request.holds) return;
    this.tables.release(request);
    request.holds = false;
    request.computedTokens = 0;
    request.fullTokens = 0;
  }

  private meet(handle: i32): CachedRequest {
    const firstTable = handle * this.groups.length;
    const request = new CachedRequest(firstTable);
    this.rows.reserve(firstTable + this.groups.length - 1, 1);
    this.keep(handle, request);
    return request;
  }
}
