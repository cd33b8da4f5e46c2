import { assert } from "../../core/assert.ts";
import type { Segment, Tokens } from "../../request.ts";
import { CachedRequest } from "./cached-request.ts";
import { KvCacheState } from "./kv-cache-state.ts";

/** No handle. */
const NOBODY = -1;

/**
 * The KV cache of one replica as vLLM V1 manages it (`KVCacheManager` at 52a31cc): blocks on demand from one pool, a table for each group
 * of layers, and full blocks that other requests with the same beginning can hit. Requests are named by small dense integers
 * that the caller chooses.
 */
export class KvCacheManager extends KvCacheState {
  /** The handle of the request looked up last, while what was found is sure to be there still; and its hit. */
  #found = NOBODY;
  #hit: Tokens = 0;
  #needBlocks = 0;
  /** Requests that have joined and say what others may say. */
  #shared = 0;

  /** Blocks that had to be free for the last {@link allocate}, granted or refused. */
  get needBlocks(): number {
    return this.#needBlocks;
  }

  /**
   * A new request. `handle` names no other until {@link free}.
   * @param sharedTokens Tokens from its beginning that other requests may say, too; the rest, all it will say included, nobody else does.
   */
  begin(handle: number, segments: readonly Segment[], sharedTokens: Tokens = Infinity): void {
    const request = this.requests[handle] ?? this.#meet(handle);
    assert(!request.active, "a request begins twice");
    request.active = true;
    request.preempted = false;
    request.lostCount = 0;
    // With several groups the index alone knows which blocks are cached.
    request.sharedTokens = this.growthTokens > 0 ? sharedTokens : Infinity;
    request.content.replace(segments);
  }

  /** The request says `length` tokens more: of the content `contentId`, from its token `offset` on. */
  append(handle: number, contentId: number, offset: Tokens, length: Tokens): void {
    this.#found = NOBODY;
    this.request(handle).content.append(contentId, offset, length);
  }

  /**
   * The tokens at the beginning of a request without blocks that need not be computed; 0 without prefix caching. An {@link allocate}
   * of this request that follows directly takes their blocks.
   */
  lookUp(handle: number): Tokens {
    const request = this.request(handle);
    assert(!request.holds, "a request is looked up while it holds blocks");
    if (!this.options.prefixCaching) return 0;
    this.#found = handle;
    this.#hit = this.tables.lookUp(request);
    this.statistics.count(request.preempted, request.content.tokens, this.#hit, 1);
    return this.#hit;
  }

  /** A request that was looked up last, and refused, would find the same `hitTokens` tokens `times` times more. */
  lookUpAgain(handle: number, hitTokens: Tokens, times: number): void {
    if (!this.options.prefixCaching) return;
    const { preempted, content } = this.request(handle);
    this.statistics.count(preempted, content.tokens, hitTokens, times);
  }

  /** Free blocks among those of the first `hitTokens` tokens of the request looked up last, until the next {@link allocate} that is granted. */
  freeHits(hitTokens: Tokens): number {
    return this.tables.freeHits(0, hitTokens);
  }

  /**
   * Blocks for the next `newTokens` tokens behind those computed and those just hit. Refused (false) if {@link needBlocks} exceeds
   * {@link freeBlocks}; blocks that a sliding window has passed are given back even then, and nothing else changes.
   * @param mustFit Refuse also while there is no room for all tokens the request knows.
   */
  allocate(handle: number, newTokens: Tokens, mustFit = false): boolean {
    const request = this.request(handle);
    const { maxModelLen, prefixCaching } = this.options;
    const hit = this.#found === handle ? this.#hit : 0;
    this.#found = NOBODY;
    const before = Math.min(request.computedTokens + hit, maxModelLen);
    const after = Math.min(before + newTokens, maxModelLen);
    const known = request.content.tokens;
    const all = Math.min(known, maxModelLen);
    if (mustFit && !this.#fits(request, hit, before, all, true)) return false;
    // Who keeps all its blocks has room when it has room at once.
    const keepsAll = this.growthTokens > 0;
    if (!keepsAll) this.tables.skip(request, before);
    const hasRoom = mustFit && after === all && keepsAll;
    if (!hasRoom && !this.#fits(request, hit, before, after, false)) return false;
    request.holds = true;
    if (hit > 0) this.tables.adopt(request, hit);
    this.tables.extend(request, after);
    request.computedTokens += hit + newTokens;
    if (prefixCaching) this.#fill(request, Math.min(before + newTokens, known));
    return true;
  }

  /**
   * A request that holds blocks in the only group goes on with what it said last, a token for each step, until it has said at most
   * `tokens` in all. Until it {@link leave}s nobody need ask for it, but where a block ends.
   */
  join(handle: number, tokens: Tokens): void {
    this.rows.reserve(handle, Math.ceil(tokens / this.growthTokens));
    if (this.request(handle).sharedTokens === Infinity) this.#shared += 1;
  }

  /** Whether others may ask for what a request says that has joined: then each block must be {@link fill}ed as soon as it is full. */
  get sharesGrowth(): boolean {
    return this.#shared > 0 && this.options.prefixCaching;
  }

  /** The blocks of the first `tokens` tokens of a request that has joined are full, or will be with the next one: they are cached now. */
  fill(handle: number, tokens: Tokens): void {
    if (!this.options.prefixCaching) return;
    const request = this.request(handle);
    request.content.continueTo(tokens);
    this.#fill(request, tokens);
  }

  /** One block more for a request that has joined, all of whose blocks are full; refused (false) if none is free. */
  open(handle: number): boolean {
    if (this.pool.free === 0) return false;
    this.#found = NOBODY;
    this.pool.take(1, this.rows, handle);
    return true;
  }

  /** The same for those of the {@link RUN}s of `handles` from number `from` on to before `until`, at most {@link freeBlocks} in all. */
  openEach(handles: Int32Array, runs: Int32Array, from: number, until: number): void {
    this.#found = NOBODY;
    this.pool.takeForEach(this.rows, handles, runs, from, until);
  }

  /** A request that has joined stands for itself again, having said and computed so much. */
  leave(handle: number, computedTokens: Tokens, knownTokens: Tokens): void {
    const request = this.request(handle);
    if (request.sharedTokens === Infinity) this.#shared -= 1;
    request.content.continueTo(knownTokens);
    request.computedTokens = computedTokens;
    if (this.options.prefixCaching) this.#fill(request, computedTokens);
  }

  /** The request gives back all it holds; it stays known, and will be looked up and computed again: now it may find what only it says. */
  preempt(handle: number): void {
    const request = this.request(handle);
    request.preempted = true;
    request.lostCount = 0;
    if (this.#mayHaveEquals(request)) request.sharedTokens = Infinity;
    if (request.sharedTokens === Infinity) this.index.add(request, request.fullTokens);
    else this.tables.remember(request);
    this.#release(request);
  }

  /** The request has ended and gives back all it holds. */
  free(handle: number): void {
    this.#release(this.request(handle));
    this.requests[handle]!.active = false;
  }

  /** Forgets all cached content. Refused (false) while any block is owned. */
  reset(): boolean {
    if (this.pool.free < this.options.numBlocks - 1) return false;
    this.#found = NOBODY;
    this.pool.forget();
    return true;
  }

  /** One group's table, as far as the last {@link lookUp} found it, until the next {@link allocate}. O(length). */
  hitBlocks(group: number): number[] {
    const length = this.#found === NOBODY ? 0 : this.#hit / this.groups[group]!.blockSize;
    return Array.from({ length }, (_, at) => this.tables.hitBlock(group, at, this.#hit));
  }

  #fits(
    request: CachedRequest,
    hit: Tokens,
    computed: Tokens,
    tokens: Tokens,
    atOnce: boolean,
  ): boolean {
    this.#needBlocks = this.tables.need(request, hit, computed, tokens, atOnce);
    return this.#needBlocks <= this.pool.free;
  }

  /** Whether a request is preempted with a last block that it will not find, because it ends with it: so it will compute an equal one. */
  #mayHaveEquals({ fullTokens, content }: CachedRequest): boolean {
    return fullTokens === content.tokens && fullTokens % this.growthTokens === 0;
  }

  /** Caches the full blocks of the first `tokens` tokens: those that others may ask for by name. */
  #fill(request: CachedRequest, tokens: Tokens): void {
    this.#found = NOBODY;
    if (tokens > request.fullTokens) request.fullTokens = tokens;
    const shared = Math.min(tokens, request.sharedTokens);
    if (shared > request.keyedTokens) this.index.add(request, shared);
  }

  #release(request: CachedRequest): void {
    this.#found = NOBODY;
    if (!request.holds) return;
    this.tables.release(request);
    request.holds = false;
    request.computedTokens = 0;
    request.fullTokens = 0;
  }

  #meet(handle: number): CachedRequest {
    const firstTable = handle * this.groups.length;
    const request = new CachedRequest(firstTable);
    this.rows.reserve(firstTable + this.groups.length - 1, 1);
    this.requests[handle] = request;
    return request;
  }
}
