import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { OrderedLists } from "../../core/ordered-lists";
import { enlargedGroups } from "../groups";
import { byPriority, ChunkedRequest } from "./chunked-request";
import { Lockstep } from "./lockstep";

const FIRST_CAPACITY: i32 = 64;

/**
 * Who runs, in order of admission: those in lockstep, which decode and get a token in every step, and those apart, which each step must
 * ask. What those in lockstep say and compute the KV cache is only told when it matters.
 */
@final
export class RunningRequests {
  size: i32 = 0;
  readonly lockstep: Lockstep;
  /** Those apart, in one list; newcomers only once their first step has ended. */
  readonly apart: OrderedLists = new OrderedLists(1);
  private readonly cache: KvCacheManager;
  private readonly all: OrderedLists = new OrderedLists(1);
  /** By handle. */
  private requests: StaticArray<ChunkedRequest | null> = new StaticArray<ChunkedRequest | null>(
    FIRST_CAPACITY,
  );
  private admissions: i32 = 0;

  /** `maxModelLen`: tokens of the longest request. */
  constructor(cache: KvCacheManager, maxModelLen: i32) {
    this.cache = cache;
    this.lockstep = new Lockstep(max(1, cache.growthTokens), maxModelLen);
  }

  /** The running request of a handle, or the last that ran under it. */
  @inline
  of(handle: i32): ChunkedRequest {
    return this.requests[handle]!;
  }

  /** Who was admitted last; at least one runs. */
  get last(): ChunkedRequest {
    return this.of(this.all.last(0));
  }

  /** Who was admitted first, or after `request`; null without one. */
  next(request: ChunkedRequest | null): ChunkedRequest | null {
    const handle = request === null ? this.all.first(0) : this.all.after(request.handle);
    if (handle < 0) return null;
    return this.of(handle);
  }

  /** Whose turn is last under priority order; at least one runs. O(size). */
  get least(): ChunkedRequest {
    let least = this.last;
    for (let other = this.next(null); other !== null; other = this.next(other))
      if (byPriority(other, least) > 0) least = other;
    return least;
  }

  /** A request has been admitted, as the last one so far; the step under way knows of it. */
  add(request: ChunkedRequest): void {
    const handle = request.handle;
    const capacity = this.requests.length;
    if (handle >= capacity)
      this.requests = enlargedGroups<ChunkedRequest>(this.requests, max(handle + 1, 2 * capacity));
    request.order = this.admissions;
    request.decodes = false;
    this.admissions += 1;
    this.requests[handle] = request;
    this.all.insert(0, handle, request.order);
    this.size += 1;
  }

  /** A request runs no more. */
  remove(request: ChunkedRequest): void {
    const handle = request.handle;
    if (this.lockstep.has(handle)) this.leaveLockstep(request);
    else this.apart.remove(handle);
    this.all.remove(handle);
    this.size -= 1;
  }

  /** A newcomer, or one apart, has not said anything in the step that just ended: the next one must ask it. */
  stayApart(request: ChunkedRequest): void {
    const handle = request.handle;
    if (this.apart.listOf(handle) < 0) this.apart.insert(0, handle, request.order);
  }

  /** A newcomer, or one apart, has said a token, not its last: from now on it gets one in every step. */
  join(request: ChunkedRequest): void {
    request.decodes = true;
    if (this.cache.growthTokens === 0) {
      this.stayApart(request);
      return;
    }
    const handle = request.handle;
    const left = request.outputTokens - request.generated;
    this.apart.remove(handle);
    const written = this.cache.computedTokens(handle);
    this.cache.join(handle, written + left);
    this.lockstep.add(handle, request.order, written, left);
  }

  /** Those in lockstep that were admitted after `order` must be asked one by one, for this step at least. Returns how many. */
  separate(order: i32): i32 {
    let separated = 0;
    for (let handle = this.all.firstAbove(0, order); handle >= 0; handle = this.all.after(handle)) {
      if (!this.lockstep.has(handle)) continue;
      const request = this.of(handle);
      this.leaveLockstep(request);
      this.apart.insert(0, handle, request.order);
      separated += 1;
    }
    return separated;
  }

  private leaveLockstep(request: ChunkedRequest): void {
    const handle = request.handle;
    const written = this.lockstep.written(handle);
    request.generated = request.outputTokens - this.lockstep.left(handle);
    this.cache.leave(handle, written, written + 1);
    this.lockstep.remove(handle);
  }
}
