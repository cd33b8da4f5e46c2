import { assert } from "../../core/assert.ts";
import { enlargedIntegers } from "../../core/columns.ts";
import type { Segment, Tokens } from "../../request.ts";
import { CachedRequest, NO_ROW } from "./cached-request.ts";
import { COMPUTED, CONTENT, FROM, SHIFT, WIDTH } from "./holder-rows.ts";
import { KvCacheState } from "./kv-cache-state.ts";

/**
 * The KV cache of one replica as vLLM V1 manages it (`KVCacheManager` at 52a31cc): blocks on demand from one pool, a table for each group
 * of layers, and full blocks that other requests with the same beginning can hit. Requests are named by small dense integers
 * that the caller chooses.
 */
export class KvCacheManager extends KvCacheState {
  /** The request looked up last, while what was found is sure to be there still; and its hit. */
  #found: CachedRequest | null = null;
  #hit: Tokens = 0;
  #needBlocks = 0;
  /** By handle, of those that have joined. */
  #rowOf = new Int32Array(64);
  /** The rows of those that open a block together. */
  #opening = new Int32Array(64);

  /** Blocks that had to be free for the last {@link allocate}, granted or refused. */
  get needBlocks(): number {
    return this.#needBlocks;
  }

  /** A new request. `handle` names no other until {@link free}. */
  begin(handle: number, segments: readonly Segment[]): void {
    this.requests[handle] ??= new CachedRequest();
    const request = this.requests[handle];
    assert(!request.active, "a request begins twice");
    request.active = true;
    request.preempted = false;
    request.content.replace(segments);
  }

  /** The request says `length` tokens more: of the content `contentId`, from its token `offset` on. */
  append(handle: number, contentId: number, offset: Tokens, length: Tokens): void {
    this.#found = null;
    this.request(handle).content.append(contentId, offset, length);
  }

  /**
   * The tokens at the beginning of a request without blocks that need not be computed; 0 without prefix caching. An {@link allocate}
   * of this request that follows directly takes their blocks.
   */
  lookUp(handle: number): Tokens {
    const request = this.request(handle);
    assert(request.row === NO_ROW, "a request is looked up while it holds blocks");
    if (!this.options.prefixCaching) return 0;
    this.#found = request;
    this.#hit = this.index.lookUp(request);
    this.statistics.count(request.preempted, request.content.tokens, this.#hit);
    return this.#hit;
  }

  /**
   * Blocks for the next `newTokens` tokens behind those computed and those just hit. Refused (false) if {@link needBlocks} exceeds
   * {@link freeBlocks}; blocks that a sliding window has passed are given back even then, and nothing else changes.
   * @param mustFit Refuse also while there is no room for all tokens the request knows.
   */
  allocate(handle: number, newTokens: Tokens, mustFit = false): boolean {
    const request = this.request(handle);
    const { maxModelLen, prefixCaching } = this.options;
    const hit = this.#found === request ? this.#hit : 0;
    this.#found = null;
    const before = Math.min(this.computedTokens(handle) + hit, maxModelLen);
    const known = request.content.tokens;
    if (mustFit && !this.#fits(request, hit, before, Math.min(known, maxModelLen), true)) {
      return false;
    }
    this.tables.skip(request, before);
    const after = Math.min(before + newTokens, maxModelLen);
    if (!this.#fits(request, hit, before, after, false)) return false;
    if (request.row === NO_ROW) request.row = this.rows.take();
    if (hit > 0) this.tables.adopt(request, hit);
    this.tables.extend(request, after);
    this.rows.fields[request.row * WIDTH + COMPUTED]! += hit + newTokens;
    if (prefixCaching) this.index.add(request, Math.min(before + newTokens, known));
    return true;
  }

  /**
   * A request that holds blocks in the only group goes on with what it said last, a token for each step. Until it {@link leave}s nobody
   * need ask for it, but where a block ends.
   */
  join(handle: number): void {
    const { row, content } = this.request(handle);
    const { fields } = this.rows;
    if (handle >= this.#rowOf.length)
      this.#rowOf = enlargedIntegers(this.#rowOf, Math.max(handle + 1, 2 * this.#rowOf.length));
    this.#rowOf[handle] = row;
    fields[row * WIDTH + CONTENT] = content.lastContentId;
    fields[row * WIDTH + SHIFT] = content.lastOffset - content.lastBegin;
    fields[row * WIDTH + FROM] = content.lastBegin;
  }

  /** The last block of a request that has joined is full, or will be with the next token: caches it, if it is not yet. */
  fill(handle: number): void {
    if (!this.options.prefixCaching) return;
    this.#found = null;
    const row = this.#rowOf[handle]!;
    if (this.index.addLast(row, this.growthTokens)) return;
    const request = this.request(handle);
    const tokens = this.rows.tables.lengths[row]! * this.growthTokens;
    request.content.continueTo(tokens);
    this.index.add(request, tokens);
  }

  /** The same for the first `count` of several. */
  fillEach(handles: Int32Array, count: number): void {
    for (let at = 0; at < count; at += 1) this.fill(handles[at]!);
  }

  /** One block more for a request that has joined, all of whose blocks are full; refused (false) if none is free. */
  open(handle: number): boolean {
    if (this.pool.free === 0) return false;
    this.#found = null;
    this.pool.take(1, this.rows.tables, this.#rowOf[handle]!);
    return true;
  }

  /** The same for the first `count` ≤ {@link freeBlocks} of several. */
  openEach(handles: Int32Array, count: number): void {
    if (count > this.#opening.length) this.#opening = new Int32Array(2 * count);
    this.#found = null;
    for (let at = 0; at < count; at += 1) this.#opening[at] = this.#rowOf[handles[at]!]!;
    this.pool.takeEach(this.rows.tables, this.#opening, count);
  }

  /** A request that has joined stands for itself again, having said and computed so much. */
  leave(handle: number, computedTokens: Tokens, knownTokens: Tokens): void {
    const { row, content } = this.request(handle);
    content.continueTo(knownTokens);
    this.rows.fields[row * WIDTH + COMPUTED] = computedTokens;
  }

  /** The request gives back all it holds; it stays known, and will be looked up and computed again. */
  preempt(handle: number): void {
    this.request(handle).preempted = true;
    this.#release(this.request(handle));
  }

  /** The request has ended and gives back all it holds. */
  free(handle: number): void {
    this.#release(this.request(handle));
    this.requests[handle]!.active = false;
  }

  /** Forgets all cached content. Refused (false) while any block is owned. */
  reset(): boolean {
    if (this.pool.free < this.options.numBlocks - 1) return false;
    this.#found = null;
    this.pool.forget();
    return true;
  }

  /** One group's table, as far as the last {@link lookUp} found it, until the next {@link allocate}. O(length). */
  hitBlocks(group: number): number[] {
    const length = this.#found === null ? 0 : this.#hit / this.groups[group]!.blockSize;
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

  #release(request: CachedRequest): void {
    this.#found = null;
    if (request.row === NO_ROW) return;
    this.tables.release(request);
    this.rows.give(request.row);
    request.row = NO_ROW;
  }
}
