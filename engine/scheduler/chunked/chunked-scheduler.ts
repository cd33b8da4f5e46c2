import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { Growth } from "../../core/growth";
import { IdList } from "../../core/id-list";
import { SequenceIds } from "../../core/sequence-ids";
import { Groups } from "../groups";
import { WaitingQueue, WaitingRoom } from "../waiting-room";
import { ChunkedLimits, FCFS } from "./chunked-limits";
import { ChunkedRequest, NO_HANDLE } from "./chunked-request";
import { ChunkedStep } from "./chunked-step";
import { EqualSteps } from "./equal-steps";
import { RunningPass } from "./running-pass";
import { RunningRequests } from "./running-requests";
import { PriorityQueue } from "./waiting-queue";

/** What a step that has no room for a head computes of it. */
const NO_ROOM: i32 = -1;

/**
 * vLLM V1's scheduler (`Scheduler` at 52a31cc): a step gives each running request, then each waiting one, as many of its tokens
 * as the step's budget holds, prompts in parts; the last to run is preempted when memory runs out, and computed again.
 */
@final
export class ChunkedScheduler {
  readonly running: RunningRequests;
  readonly waiting: WaitingQueue<ChunkedRequest>;
  /** What the last {@link schedule} decided. */
  readonly step: ChunkedStep = new ChunkedStep();
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly pass: RunningPass;
  private readonly equal: EqualSteps;
  private readonly handles: SequenceIds = new SequenceIds();
  private readonly ended: IdList = new IdList();

  /** `groups`: where requests that wait come from, and go. */
  constructor(limits: ChunkedLimits, cache: KvCacheManager, groups: Groups<ChunkedRequest>) {
    this.limits = limits;
    this.cache = cache;
    const running = new RunningRequests(cache, limits.maxModelLen);
    const waiting: WaitingQueue<ChunkedRequest> =
      limits.order === FCFS
        ? changetype<WaitingQueue<ChunkedRequest>>(new WaitingRoom<ChunkedRequest>(groups))
        : changetype<WaitingQueue<ChunkedRequest>>(new PriorityQueue<ChunkedRequest>());
    this.running = running;
    this.waiting = waiting;
    this.pass = new RunningPass(limits, cache, running, waiting);
    this.equal = new EqualSteps(limits, cache, running);
  }

  /** A request of one sequence arrives. */
  enqueue(newcomer: ChunkedRequest): void {
    this.waiting.enqueue(newcomer);
  }

  /** Decides what the next step computes. Who preempts somebody admits nobody. */
  schedule(): ChunkedStep {
    const step = this.step;
    step.begin(this.limits.maxBatchedTokens);
    this.pass.run(step);
    if (step.preemptions === 0) this.admitWaiting(step);
    return step;
  }

  /** Steps equal to the one just scheduled, at most `limit`, from that one on: nobody ends before the last, is refused or joins in. */
  equalSteps(limit: i32): i32 {
    const leftWaiting = this.step.leftWaiting;
    // It may have been turned away since.
    if (leftWaiting !== null && leftWaiting !== this.waiting.front()) return 1;
    return this.equal.count(this.step, limit);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow(steps: i32): Growth {
    return this.equal.grow(this.step, steps);
  }

  /**
   * The tokens of `steps` equal steps are computed: who has computed all it knows says one token more, and who has said all gives back
   * what it holds, in order of scheduling. Returns those who have ended, by handle, until the next call.
   */
  complete(steps: i32): IdList {
    const running = this.running;
    const scheduled = this.step.scheduled;
    const lockstep = running.lockstep;
    const ended = this.ended;
    ended.clear();
    lockstep.advance(steps);
    for (let handle = lockstep.ended; handle >= 0; handle = lockstep.endedAfter(handle))
      ended.push(handle);
    for (let index = 0; index < scheduled.length; index += 1)
      this.completeApart(running.of(scheduled.at(index)));
    for (let index = 0; index < ended.length; index += 1) this.end(ended.at(index));
    return ended;
  }

  /** A request that was preempted will never be served again: forgets it. */
  dismiss(request: ChunkedRequest): void {
    this.waiting.remove(request);
    this.forget(request);
  }

  /** Forgets the newcomer that arrived last, and tells who it is. */
  dismissNewcomer(): ChunkedRequest {
    const latest = this.waiting.dismissNewcomer();
    this.forget(latest);
    return latest;
  }

  private forget(request: ChunkedRequest): void {
    if (request.handle === NO_HANDLE) return;
    this.cache.free(request.handle);
    this.handles.give(request.handle);
  }

  private admitWaiting(step: ChunkedStep): void {
    const maxRunning = this.limits.maxRunning;
    const fullSequenceGate = this.limits.fullSequenceGate;
    while (step.budgetTokens > 0 && this.running.size < maxRunning) {
      const head = this.waiting.front();
      if (head === null) return;
      const tokens = this.firstTokens(step, head);
      step.refused =
        tokens !== NO_ROOM && !this.cache.allocate(head.handle, tokens, fullSequenceGate);
      if (tokens === NO_ROOM || step.refused) {
        step.leftWaiting = head;
        return;
      }
      this.waiting.popFront();
      this.running.add(head);
      step.admitted.push(head.handle);
      step.schedule(head, tokens);
    }
  }

  /** What the head computes first, behind what the cache has; {@link NO_ROOM} if the step has no room for it. */
  private firstTokens(step: ChunkedStep, head: ChunkedRequest): i32 {
    if (head.handle === NO_HANDLE) this.begin(head);
    head.hitTokens = this.cache.lookUp(head.handle);
    const left = this.limits.underThreshold(this.cache.knownTokens(head.handle) - head.hitTokens);
    if (!this.limits.chunkedPrefill && left > step.budgetTokens) return NO_ROOM;
    return min(left, step.budgetTokens);
  }

  /** The cache gets to know a request. Those that wait behind the head are many, and need nothing of it yet. */
  private begin(request: ChunkedRequest): void {
    const handle = this.handles.take();
    request.handle = handle;
    request.sequences[0] = handle;
    this.cache.begin(handle, request.prompt, request.promptSegments, request.sharedTokens);
  }

  private completeApart(request: ChunkedRequest): void {
    const handle = request.handle;
    request.scheduledTokens = 0;
    if (this.cache.computedTokens(handle) < this.cache.knownTokens(handle)) {
      this.running.stayApart(request);
      return;
    }
    const offset = request.outputOffset + request.generated;
    this.cache.append(handle, request.outputContent, offset, 1);
    request.generated += 1;
    if (request.generated < request.outputTokens) this.running.join(request);
    else this.insertEnded(request);
  }

  /** Puts one who has ended before those who were admitted later. */
  private insertEnded(request: ChunkedRequest): void {
    const ended = this.ended;
    let place = ended.length;
    while (place > 0 && this.running.of(ended.at(place - 1)).order > request.order) place -= 1;
    ended.insert(place, request.handle);
  }

  private end(handle: i32): void {
    this.running.remove(this.running.of(handle));
    this.cache.free(handle);
    this.handles.give(handle);
  }
}
