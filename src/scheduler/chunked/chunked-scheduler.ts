import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { Growth } from "../../core/growth.ts";
import { IdList } from "../../core/id-list.ts";
import { SequenceIds } from "../../core/sequence-ids.ts";
import type { Request, Tokens } from "../../request.ts";
import { WaitingRoom } from "../waiting-room.ts";
import { type ChunkedLimits, underThreshold } from "./chunked-limits.ts";
import { byPriority, ChunkedRequest, NO_HANDLE } from "./chunked-request.ts";
import { ChunkedStep } from "./chunked-step.ts";
import { EqualSteps } from "./equal-steps.ts";
import { RunningPass } from "./running-pass.ts";
import { RunningRequests } from "./running-requests.ts";
import { PriorityQueue, type WaitingQueue } from "./waiting-queue.ts";

/**
 * vLLM V1's scheduler (`Scheduler` at 52a31cc): a step gives each running request, then each waiting one, as many of its tokens
 * as the step's budget holds, prompts in parts; the last to run is preempted when memory runs out, and computed again.
 */
export class ChunkedScheduler {
  readonly running: RunningRequests;
  readonly waiting: WaitingQueue<ChunkedRequest>;
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly pass: RunningPass;
  private readonly equal: EqualSteps;
  readonly #handles = new SequenceIds();
  readonly #step = new ChunkedStep();
  readonly #ended = new IdList();

  constructor(limits: ChunkedLimits, cache: KvCacheManager) {
    this.limits = limits;
    this.cache = cache;
    this.running = new RunningRequests(cache, limits.maxModelLen);
    this.waiting =
      limits.order === "fcfs"
        ? new WaitingRoom((request) => new ChunkedRequest(request))
        : new PriorityQueue(byPriority);
    this.pass = new RunningPass(limits, cache, this.running, this.waiting);
    this.equal = new EqualSteps(limits, cache, this.running);
  }

  /** A request of one sequence arrives. */
  enqueue(request: Request): ChunkedRequest {
    const newcomer = new ChunkedRequest(request);
    this.waiting.enqueue(newcomer);
    return newcomer;
  }

  /** Decides what the next step computes. Who preempts somebody admits nobody. */
  schedule(): ChunkedStep {
    const step = this.#step.begin(this.limits.maxBatchedTokens);
    this.pass.run(step);
    if (step.preempted.length === 0) this.#admitWaiting(step);
    return step;
  }

  /** Steps equal to the one just scheduled, at most `limit`, from that one on: nobody ends before the last, is refused or joins in. */
  equalSteps(limit: number): number {
    const { leftWaiting } = this.#step;
    // It may have been turned away since.
    if (leftWaiting !== null && leftWaiting !== this.waiting.front()) return 1;
    return this.equal.count(this.#step, limit);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow(steps: number): Growth {
    return this.equal.grow(this.#step, steps);
  }

  /**
   * The tokens of `steps` equal steps are computed: who has computed all it knows says one token more, and who has said all gives back
   * what it holds, in order of scheduling. Returns those who have ended, by handle, until the next call.
   */
  complete(steps = 1): IdList {
    const { scheduled } = this.#step;
    const { lockstep } = this.running;
    const ended = this.#ended;
    ended.clear();
    lockstep.advance(steps);
    for (let handle = lockstep.ended; handle >= 0; handle = lockstep.endedAfter(handle))
      ended.push(handle);
    for (let index = 0; index < scheduled.length; index += 1)
      this.#completeApart(this.running.of(scheduled.at(index)));
    for (let index = 0; index < ended.length; index += 1) this.#end(ended.at(index));
    return ended;
  }

  /** A request that was preempted will never be served again: forgets it. */
  dismiss(request: ChunkedRequest): void {
    this.waiting.remove(request);
    this.#forget(request);
  }

  /** Forgets the newcomer that arrived last, and tells who it is. */
  dismissNewcomer(): ChunkedRequest {
    const latest = this.waiting.dismissNewcomer();
    this.#forget(latest);
    return latest;
  }

  #forget(request: ChunkedRequest): void {
    if (request.handle === NO_HANDLE) return;
    this.cache.free(request.handle);
    this.#handles.give(request.handle);
  }

  #admitWaiting(step: ChunkedStep): void {
    const { maxRunning, fullSequenceGate } = this.limits;
    while (step.budgetTokens > 0 && this.running.size < maxRunning) {
      const head = this.waiting.front();
      if (head === undefined) return;
      const tokens = this.#firstTokens(step, head);
      step.refused = tokens !== null && !this.cache.allocate(head.handle, tokens, fullSequenceGate);
      if (tokens === null || step.refused) {
        step.leftWaiting = head;
        return;
      }
      this.waiting.popFront();
      this.running.add(head);
      step.admitted.push(head.handle);
      step.schedule(head, tokens);
    }
  }

  /** What the head computes first, behind what the cache has; null if the step has no room for it. */
  #firstTokens(step: ChunkedStep, head: ChunkedRequest): Tokens | null {
    if (head.handle === NO_HANDLE) this.#begin(head);
    head.hitTokens = this.cache.lookUp(head.handle);
    const left = underThreshold(this.limits, this.cache.knownTokens(head.handle) - head.hitTokens);
    if (!this.limits.chunkedPrefill && left > step.budgetTokens) return null;
    return Math.min(left, step.budgetTokens);
  }

  /** The cache gets to know a request. Those that wait behind the head are many, and need nothing of it yet. */
  #begin(request: ChunkedRequest): void {
    request.handle = this.#handles.take();
    request.sequences = [request.handle];
    this.cache.begin(request.handle, request.prompt, request.sharedTokens);
  }

  #completeApart(request: ChunkedRequest): void {
    const { handle, outputContentId, outputOffset, outputTokens } = request;
    request.scheduledTokens = 0;
    if (this.cache.computedTokens(handle) < this.cache.knownTokens(handle))
      return this.running.stayApart(request);
    this.cache.append(handle, outputContentId, outputOffset + request.generated, 1);
    request.generated += 1;
    if (request.generated < outputTokens) this.running.join(request);
    else this.#ended.insert(handle, (other) => this.running.of(other).order > request.order);
  }

  #end(handle: number): void {
    this.running.remove(this.running.of(handle));
    this.cache.free(handle);
    this.#handles.give(handle);
  }
}
