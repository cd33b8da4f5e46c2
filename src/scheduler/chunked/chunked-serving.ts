import type { BuiltKvCache } from "../../allocators/definition.ts";
import type { CachingPool } from "../../allocators/prefix-cached/caching-pool.ts";
import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { ChunkedSchedulerConfig } from "../../config/scheduler-config.ts";
import type { Growth } from "../../core/growth.ts";
import type { Nanoseconds } from "../../core/time.ts";
import type { Batch, Ending, Rejection } from "../../facts.ts";
import type { Price } from "../../latency/latency.ts";
import { finalTokens, type Request, type Tokens } from "../../request.ts";
import { stepsSummedExactly } from "../iterations.ts";
import type { Outside, Queues, Serving } from "../serving.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import { ChunkedScheduler } from "./chunked-scheduler.ts";
import { ChunkedStep } from "./chunked-step.ts";
import { StepWork } from "./step-work.ts";

/** Serves requests of one sequence each as vLLM V1 does (docs/model.md, chunked): prompts in parts, over a KV cache with content. */
export class ChunkedServing implements Serving {
  /** Requests that can never go on are given up, so nothing ever stops for good. */
  readonly ending: Ending | null = null;
  private readonly limits: ChunkedSchedulerConfig;
  private readonly maxModelLen: Tokens;
  private readonly cache: KvCacheManager;
  private readonly pool: CachingPool;
  private readonly scheduler: ChunkedScheduler;
  private readonly outside: Outside;
  private readonly work: StepWork;
  #step = new ChunkedStep();

  constructor(
    limits: ChunkedSchedulerConfig,
    { cache, pool }: BuiltKvCache,
    maxModelLen: Tokens,
    outside: Outside,
  ) {
    this.limits = limits;
    this.maxModelLen = maxModelLen;
    this.cache = cache;
    this.pool = pool;
    this.scheduler = new ChunkedScheduler({ ...limits, maxModelLen }, cache);
    this.outside = outside;
    this.work = new StepWork(cache, this.scheduler.running, pool.blockSize, outside.facts);
  }

  get present(): number {
    return this.scheduler.waiting.size + this.scheduler.running.size;
  }

  arrive(request: Request): void {
    const refusal = this.#whyTurnedAway(request.promptTokens);
    if (refusal !== null) return this.#rejected(request.arrivalNs, request, refusal);
    this.scheduler.enqueue(request);
  }

  next(atNs: Nanoseconds): Batch | null {
    for (;;) {
      const step = this.scheduler.schedule();
      const { preempted, admitted, scheduled } = step;
      for (const request of preempted) this.#preempted(request, atNs);
      for (let index = 0; index < admitted.length; index += 1)
        this.#admitted(admitted.at(index), atNs);
      this.#emptyWaitingRoom(atNs);
      if (scheduled.length > 0 || this.scheduler.running.lockstep.size > 0)
        return this.#begin(step);
      if (preempted.length > 0) continue;
      const head = this.scheduler.waiting.front();
      if (head === undefined) return null;
      this.#giveUp(head, this.#whyStuck(head), true, atNs);
    }
  }

  quietIterations(price: Price): number {
    const { lockstep } = this.scheduler.running;
    const equal = this.scheduler.equalSteps(price.steps);
    return stepsSummedExactly(lockstep.size, this.pool.blockSize, price, equal);
  }

  get heedsArrivals(): boolean {
    const { maxRunning, maxWaiting, order } = this.limits;
    const { running, waiting } = this.scheduler;
    const mayOvertake = waiting.size === 0 || order === "priority";
    return maxWaiting !== null || (running.size < maxRunning && mayOvertake);
  }

  grow(steps: number): Growth {
    return this.scheduler.grow(steps);
  }

  complete(steps: number, atNs: Nanoseconds): void {
    this.work.tellComputed(this.#step, atNs);
    const ended = this.scheduler.complete(steps);
    for (let index = 0; index < ended.length; index += 1) this.#ended(ended.at(index), atNs);
  }

  queues(): Queues {
    const { running, waiting } = this.scheduler;
    return { running: running.toArray().map(({ id }) => id), waiting: waiting.ids(), swapped: [] };
  }

  #begin(step: ChunkedStep): Batch {
    this.#step = step;
    this.work.measure(step);
    const { work, firstTokens } = this.work;
    return { work, firstTokens, freeShare: step.refused ? "remainder" : "idle" };
  }

  #admitted(handle: number, atNs: Nanoseconds): void {
    const request = this.scheduler.running.of(handle);
    this.work.admit(handle);
    this.outside.facts.admitted(atNs, request, request.hitTokens);
  }

  #preempted(request: ChunkedRequest, atNs: Nanoseconds): void {
    const need = this.#slotsFor(this.cache.knownTokens(request.handle));
    const have = this.pool.usableSlots;
    if (need > have) return this.#giveUp(request, { code: "pool", need, have }, false, atNs);
    const eviction = {
      mode: "recompute",
      lostTokens: request.lostTokens,
      swappedBlocks: 0,
    } as const;
    this.outside.facts.preempted(atNs, request, eviction);
  }

  #ended(handle: number, atNs: Nanoseconds): void {
    const request = this.scheduler.running.of(handle);
    const writtenTokens = finalTokens(request.promptTokens, request.outputTokens);
    request.endSequence(0);
    const { facts, ended } = this.outside;
    facts.sequenceFinished(atNs, request, writtenTokens, 0);
    facts.finished(atNs, request);
    ended(request.request, atNs);
  }

  /** A request that was preempted, now or before, can never be served. */
  #giveUp(
    request: ChunkedRequest,
    refusal: Rejection,
    wasWaiting: boolean,
    atNs: Nanoseconds,
  ): void {
    this.scheduler.dismiss(request);
    this.outside.facts.failed(atNs, request, wasWaiting, refusal);
    this.outside.ended(request.request, atNs);
  }

  #rejected(atNs: Nanoseconds, request: Request, refusal: Rejection): void {
    this.outside.facts.rejected(atNs, request, refusal);
    this.outside.ended(request, atNs);
  }

  /** Turns away the latest newcomers that find no place in the waiting room. */
  #emptyWaitingRoom(atNs: Nanoseconds): void {
    const { maxWaiting } = this.limits;
    const { waiting } = this.scheduler;
    while (maxWaiting !== null && waiting.newcomers > maxWaiting) {
      const refusal = { code: "waiting-room", need: waiting.newcomers, have: maxWaiting } as const;
      this.#rejected(atNs, this.scheduler.dismissNewcomer().request, refusal);
    }
  }

  /** Why a prompt can never be served by this replica; null if it can wait its turn. */
  #whyTurnedAway(promptTokens: Tokens): Rejection | null {
    const { chunkedPrefill, maxBatchedTokens } = this.limits;
    if (promptTokens >= this.maxModelLen)
      return { code: "too-long", need: promptTokens + 1, have: this.maxModelLen };
    if (!chunkedPrefill && promptTokens > maxBatchedTokens)
      return { code: "batch-limit", need: promptTokens, have: maxBatchedTokens };
    const need = this.#slotsFor(promptTokens);
    const have = this.pool.usableSlots;
    return need > have ? { code: "pool", need, have } : null;
  }

  /** Nobody runs and the pool is free, yet the head is not admitted: it no longer fits into one step. */
  #whyStuck(head: ChunkedRequest): Rejection {
    const need = this.cache.knownTokens(head.handle) - head.hitTokens;
    return { code: "batch-limit", need, have: this.limits.maxBatchedTokens };
  }

  #slotsFor(tokens: Tokens): number {
    return this.cache.requestBlocks(tokens) * this.pool.blockSize;
  }
}
