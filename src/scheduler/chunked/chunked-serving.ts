import type { BuiltKvCache } from "../../allocators/definition.ts";
import type { CachingPool } from "../../allocators/prefix-cached/caching-pool.ts";
import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { ChunkedSchedulerConfig } from "../../config/scheduler-config.ts";
import { assert } from "../../core/assert.ts";
import { type Growth, NO_GROWTH } from "../../core/growth.ts";
import { SequenceIds } from "../../core/sequence-ids.ts";
import type { ExactTime, Nanoseconds } from "../../core/time.ts";
import type { Ending, Rejection } from "../../facts.ts";
import type { Price } from "../../latency/latency.ts";
import { type Request, SequenceGroup, type Tokens } from "../../request.ts";
import { iterationsUntil } from "../iterations.ts";
import type { Batch, Outside, Queues, Serving } from "../serving.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import { ChunkedScheduler } from "./chunked-scheduler.ts";
import { type ChunkedStep, newStep } from "./chunked-step.ts";
import { StepWork } from "./step-work.ts";

/** Serves requests of one sequence each as vLLM V1 does (docs/model.md, chunked): prompts in parts, over a KV cache with content. */
export class ChunkedServing implements Serving {
  /** Requests that can never go on are given up, so nothing ever stops for good. */
  readonly ending: Ending | null = null;
  readonly #limits: ChunkedSchedulerConfig;
  readonly #maxModelLen: Tokens;
  readonly #cache: KvCacheManager;
  readonly #pool: CachingPool;
  readonly #scheduler: ChunkedScheduler;
  readonly #outside: Outside;
  readonly #handles = new SequenceIds();
  /** By handle. */
  readonly #groups: SequenceGroup[] = [];
  readonly #work: StepWork;
  /** Waiting requests that were never admitted. */
  #newcomers = 0;
  #step: ChunkedStep = newStep(0);

  constructor(
    limits: ChunkedSchedulerConfig,
    { cache, pool }: BuiltKvCache,
    maxModelLen: Tokens,
    outside: Outside,
  ) {
    this.#limits = limits;
    this.#maxModelLen = maxModelLen;
    this.#cache = cache;
    this.#pool = pool;
    this.#scheduler = new ChunkedScheduler({ ...limits, maxModelLen }, cache);
    this.#outside = outside;
    this.#work = new StepWork(cache, pool.blockSize, this.#groups, outside.facts);
  }

  get present(): number {
    return this.#scheduler.waiting.size + this.#scheduler.running.length;
  }

  arrive(request: Request): void {
    const refusal = this.#whyTurnedAway(request.promptTokens);
    if (refusal !== null) return this.#rejected(request.arrivalNs, request, refusal);
    const handle = this.#handles.take();
    const group = new SequenceGroup(request);
    group.sequences = [handle];
    this.#groups[handle] = group;
    this.#newcomers += 1;
    const { content, outputContent } = request;
    assert(content !== null && outputContent !== null, "a cache is told what its requests say");
    const arrived = {
      handle,
      arrival: request.id,
      priority: request.priority,
      outputTokens: request.outputTokens[0]!,
      outputContentId: outputContent.contentId,
      outputOffset: outputContent.offset,
    };
    this.#scheduler.enqueue(arrived, content);
  }

  next(atNs: Nanoseconds): Batch | null {
    for (;;) {
      const step = this.#scheduler.schedule();
      for (const { request, lostTokens } of step.preempted)
        this.#preempted(request, lostTokens, atNs);
      for (const request of step.admitted) this.#admitted(request, atNs);
      this.#emptyWaitingRoom(atNs);
      if (step.scheduled.length > 0) return this.#begin(step);
      if (step.preempted.length > 0) continue;
      const head = this.#scheduler.waiting.front();
      if (head === undefined) return null;
      this.#giveUp(head, this.#whyStuck(head), atNs);
    }
  }

  quietIterations(price: Price, start: ExactTime, nextArrivalNs: Nanoseconds): number {
    const { maxRunning, maxWaiting } = this.#limits;
    const full = this.#scheduler.running.length >= maxRunning;
    // A head that is refused is looked up again in every step.
    if (!full && this.#scheduler.waiting.size > 0) return 1;
    const heeds = !full || maxWaiting !== null;
    const limit = Math.min(this.#work.quietSteps, price.steps);
    return iterationsUntil(price.series, limit, start, heeds, nextArrivalNs);
  }

  /** A step in which somebody needs a block is a decision of its own. */
  grow(): Growth {
    return NO_GROWTH;
  }

  complete(steps: number, atNs: Nanoseconds): void {
    const step = this.#step;
    if (steps > 1) this.#scheduler.repeat(step, steps - 1);
    this.#work.tellComputed(step, atNs);
    for (const request of this.#scheduler.complete(step)) this.#ended(request, atNs);
  }

  queues(): Queues {
    const ids = (requests: readonly ChunkedRequest[]) =>
      requests.map(({ handle }) => this.#groups[handle]!.id);
    const { running, waiting } = this.#scheduler;
    return { running: ids(running), waiting: ids(waiting.toArray()), swapped: [] };
  }

  #begin(step: ChunkedStep): Batch {
    this.#step = step;
    const { work, firstTokens } = this.#work.measure(step, this.#scheduler.running);
    return { work, firstTokens, freeShare: step.refused ? "remainder" : "idle" };
  }

  #admitted(request: ChunkedRequest, atNs: Nanoseconds): void {
    const group = this.#groups[request.handle]!;
    if (group.preemptions === 0) this.#newcomers -= 1;
    group.resume();
    this.#work.admit(request);
    this.#outside.facts.admitted(atNs, group, request.hitTokens);
  }

  #preempted(request: ChunkedRequest, lostTokens: Tokens, atNs: Nanoseconds): void {
    const group = this.#groups[request.handle]!;
    const need = this.#slotsFor(this.#cache.knownTokens(request.handle));
    const have = this.#pool.usableSlots;
    this.#work.leave(request);
    if (need > have) return this.#giveUp(request, { code: "pool", need, have }, atNs);
    group.generated = request.generated;
    group.suspend();
    const eviction = { mode: "recompute", lostTokens, swappedBlocks: 0 } as const;
    this.#outside.facts.preempted(atNs, group, eviction);
  }

  #ended(request: ChunkedRequest, atNs: Nanoseconds): void {
    const group = this.#groups[request.handle]!;
    const writtenTokens = group.promptTokens + request.generated - 1;
    this.#work.leave(request);
    group.endSequence(0);
    const { facts, ended } = this.#outside;
    facts.sequenceFinished(atNs, group, writtenTokens, 0);
    facts.finished(atNs, group);
    ended(group.request, atNs);
    this.#handles.give(request.handle);
  }

  /** A request that was preempted, now or before, can never be served. */
  #giveUp(request: ChunkedRequest, refusal: Rejection, atNs: Nanoseconds): void {
    const group = this.#groups[request.handle]!;
    this.#scheduler.dismiss(request);
    this.#handles.give(request.handle);
    this.#outside.facts.failed(atNs, group, group.isPreempted, refusal);
    this.#outside.ended(group.request, atNs);
  }

  #rejected(atNs: Nanoseconds, request: Request, refusal: Rejection): void {
    this.#outside.facts.rejected(atNs, request, refusal);
    this.#outside.ended(request, atNs);
  }

  /** Turns away those that find no place in the waiting room: they came since the last step, so nobody arrived later. */
  #emptyWaitingRoom(atNs: Nanoseconds): void {
    const { maxWaiting } = this.#limits;
    while (maxWaiting !== null && this.#newcomers > maxWaiting) {
      const refusal = { code: "waiting-room", need: this.#newcomers, have: maxWaiting } as const;
      const latest = this.#scheduler.waiting
        .toArray()
        .reduce((last, other) => (other.arrived.arrival > last.arrived.arrival ? other : last));
      this.#scheduler.dismiss(latest);
      this.#handles.give(latest.handle);
      this.#newcomers -= 1;
      const { request } = this.#groups[latest.handle]!;
      this.#rejected(atNs, request, refusal);
    }
  }

  /** Why a prompt can never be served by this replica; null if it can wait its turn. */
  #whyTurnedAway(promptTokens: Tokens): Rejection | null {
    const { chunkedPrefill, maxBatchedTokens } = this.#limits;
    if (promptTokens >= this.#maxModelLen)
      return { code: "too-long", need: promptTokens + 1, have: this.#maxModelLen };
    if (!chunkedPrefill && promptTokens > maxBatchedTokens)
      return { code: "batch-limit", need: promptTokens, have: maxBatchedTokens };
    const need = this.#slotsFor(promptTokens);
    const have = this.#pool.usableSlots;
    return need > have ? { code: "pool", need, have } : null;
  }

  /** Nobody runs and the pool is free, yet the head is not admitted: it no longer fits into one step. */
  #whyStuck(head: ChunkedRequest): Rejection {
    const need = this.#cache.knownTokens(head.handle) - head.hitTokens;
    return { code: "batch-limit", need, have: this.#limits.maxBatchedTokens };
  }

  #slotsFor(tokens: Tokens): number {
    return this.#cache.requestBlocks(tokens) * this.#pool.blockSize;
  }
}
