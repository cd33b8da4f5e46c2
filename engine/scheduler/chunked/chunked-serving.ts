import { CachingPool } from "../../allocators/prefix-cached/caching-pool";
import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { Growth } from "../../core/growth";
import { Price, Work } from "../../latency/latency";
import * as COLUMN from "../../metrics/space-columns";
import { Group } from "../../request";
import { Facts } from "../facts";
import { Groups } from "../groups";
import { stepsSummedExactly } from "../iterations";
import { UNLIMITED } from "../limits";
import { BATCH_LIMIT, POOL, Rejection, TOO_LONG, WAITING_ROOM } from "../rejection";
import { Outside, Serving } from "../serving";
import { ChunkedLimits, PRIORITY } from "./chunked-limits";
import { ChunkedRequest } from "./chunked-request";
import { ChunkedScheduler } from "./chunked-scheduler";
import { StepWork } from "./step-work";

/**
 * Serves requests of one sequence each as vLLM V1 does (docs/model.md, chunked): prompts in parts, over a KV cache with content. Requests
 * that can never go on are given up, so nothing ever stops for good.
 */
@final
export class ChunkedServing extends Serving {
  readonly scheduler: ChunkedScheduler;
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly pool: CachingPool;
  private readonly outside: Outside;
  private readonly facts: Facts;
  private readonly stepWork: StepWork;
  private readonly groups: Groups<ChunkedRequest>;
  private readonly refusal: Rejection = new Rejection();

  constructor(limits: ChunkedLimits, cache: KvCacheManager, pool: CachingPool, outside: Outside) {
    const work = new Work();
    super(work);
    this.limits = limits;
    this.cache = cache;
    this.pool = pool;
    this.outside = outside;
    this.facts = outside.facts;
    const groups = new Groups<ChunkedRequest>();
    const scheduler = new ChunkedScheduler(limits, cache, groups);
    this.groups = groups;
    this.scheduler = scheduler;
    this.stepWork = new StepWork(work, cache, scheduler.running, outside.facts);
  }

  get present(): i32 {
    return this.scheduler.waiting.size + this.scheduler.running.size;
  }

  newcomer(): Group {
    return this.groups.take();
  }

  arrive(group: Group): void {
    const request = changetype<ChunkedRequest>(group);
    const refusal = this.whyTurnedAway(request.promptTokens);
    if (refusal.holds) this.rejected(request.arrivalNs, request, refusal);
    else this.scheduler.enqueue(request);
  }

  next(atNs: f64): bool {
    const scheduler = this.scheduler;
    while (!this.schedule(atNs)) {
      if (scheduler.step.preemptions > 0) continue;
      const head = scheduler.waiting.front();
      if (head === null) return false;
      this.giveUp(head, this.whyStuck(head), true, atNs);
    }
    const step = scheduler.step;
    this.stepWork.measure(step);
    this.firstTokens = this.stepWork.firstTokens;
    this.freeShare = step.refused ? COLUMN.remainder : COLUMN.idle;
    return true;
  }

  quietIterations(price: Price): i32 {
    const sequences = this.scheduler.running.lockstep.size;
    const equal = this.scheduler.equalSteps(price.steps);
    return stepsSummedExactly(sequences, this.pool.unitSlots, price, equal);
  }

  get heedsArrivals(): bool {
    const limits = this.limits;
    if (limits.maxWaiting !== UNLIMITED) return true;
    const mayOvertake = limits.order === PRIORITY || this.scheduler.waiting.size === 0;
    return mayOvertake && this.scheduler.running.size < limits.maxRunning;
  }

  grow(steps: i32): Growth {
    return this.scheduler.grow(steps);
  }

  complete(steps: i32, atNs: f64): void {
    this.stepWork.tellComputed(this.scheduler.step, atNs);
    const ended = this.scheduler.complete(steps);
    for (let index = 0; index < ended.length; index += 1) this.ended(ended.at(index), atNs);
  }

  /** Decides what the next step computes, and tells of it; returns whether that is anything. */
  private schedule(atNs: f64): bool {
    const step = this.scheduler.schedule();
    const admitted = step.admitted;
    for (let index = 0; index < step.preemptions; index += 1)
      this.preempted(step.preemptedAt(index), atNs);
    for (let index = 0; index < admitted.length; index += 1)
      this.admitted(admitted.at(index), atNs);
    this.emptyWaitingRoom(atNs);
    return step.scheduled.length > 0 || this.scheduler.running.lockstep.size > 0;
  }

  private admitted(handle: i32, atNs: f64): void {
    const request = this.scheduler.running.of(handle);
    this.stepWork.admit(handle);
    this.facts.admitted(atNs, request, request.hitTokens);
  }

  private preempted(request: ChunkedRequest, atNs: f64): void {
    const need = this.slotsFor(this.cache.knownTokens(request.handle));
    const have = this.pool.usableSlots;
    if (need > have) this.giveUp(request, this.refusal.set(POOL, need, have), false, atNs);
    else this.facts.preempted(atNs, request, false, request.lostTokens, 0);
  }

  private ended(handle: i32, atNs: f64): void {
    const request = this.scheduler.running.of(handle);
    const facts = this.facts;
    const writtenTokens = request.finalTokens(0);
    request.endSequence(0);
    facts.sequenceFinished(atNs, request, writtenTokens, 0);
    facts.finished(atNs, request);
    this.leave(request, atNs);
  }

  /** A request that was preempted, now or before, can never be served. */
  private giveUp(request: ChunkedRequest, refusal: Rejection, wasWaiting: bool, atNs: f64): void {
    this.scheduler.dismiss(request);
    this.facts.failed(atNs, request, wasWaiting, refusal);
    this.leave(request, atNs);
  }

  private rejected(atNs: f64, request: ChunkedRequest, refusal: Rejection): void {
    this.facts.rejected(atNs, request.id, refusal);
    this.leave(request, atNs);
  }

  /** A request has ended, whichever way: its group is for others now. */
  private leave(request: ChunkedRequest, atNs: f64): void {
    this.outside.ended(request.user, atNs);
    this.groups.give(request);
  }

  /** Turns away the latest newcomers that find no place in the waiting room. */
  private emptyWaitingRoom(atNs: f64): void {
    const maxWaiting = this.limits.maxWaiting;
    const waiting = this.scheduler.waiting;
    while (waiting.newcomers > maxWaiting) {
      const refusal = this.refusal.set(WAITING_ROOM, waiting.newcomers, maxWaiting);
      this.rejected(atNs, this.scheduler.dismissNewcomer(), refusal);
    }
  }

  /** Why a prompt can never be served by this replica; {@link Rejection.holds} nothing if it can wait its turn. */
  private whyTurnedAway(promptTokens: i32): Rejection {
    const limits = this.limits;
    const refusal = this.refusal;
    if (promptTokens >= limits.maxModelLen)
      return refusal.set(TOO_LONG, <f64>promptTokens + 1, limits.maxModelLen);
    if (!limits.chunkedPrefill && promptTokens > limits.maxBatchedTokens)
      return refusal.set(BATCH_LIMIT, promptTokens, limits.maxBatchedTokens);
    const need = this.slotsFor(promptTokens);
    const have = this.pool.usableSlots;
    if (need > have) return refusal.set(POOL, need, have);
    refusal.clear();
    return refusal;
  }

  /** Nobody runs and the pool is free, yet the head is not admitted: it no longer fits into one step. */
  private whyStuck(head: ChunkedRequest): Rejection {
    const need = this.cache.knownTokens(head.handle) - head.hitTokens;
    return this.refusal.set(BATCH_LIMIT, need, this.limits.maxBatchedTokens);
  }

  private slotsFor(tokens: i32): f64 {
    return <f64>this.cache.requestBlocks(tokens) * <f64>this.pool.unitSlots;
  }
}
