import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { BITS, COUNT, FROM } from "../../core/growth";
import { WaitingQueue } from "../waiting-room";
import { ChunkedLimits, FCFS } from "./chunked-limits";
import { ChunkedRequest } from "./chunked-request";
import { ChunkedStep } from "./chunked-step";
import { APART, DueRequests, FILLS } from "./due-requests";
import { RunningRequests } from "./running-requests";

/**
 * The first part of a step: the running requests go on, and preempt others when memory runs out. Only those with something due are
 * visited: whoever stays inside a block that is not yet full cannot be refused, and changes nothing.
 */
@final
export class RunningPass {
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  private readonly waiting: WaitingQueue<ChunkedRequest>;
  private readonly due: DueRequests;
  /** Those who open blocks together, as a run of core/growth. */
  private readonly opened: StaticArray<i32> = new StaticArray<i32>(1 << BITS);

  constructor(
    limits: ChunkedLimits,
    cache: KvCacheManager,
    running: RunningRequests,
    waiting: WaitingQueue<ChunkedRequest>,
  ) {
    this.limits = limits;
    this.cache = cache;
    this.running = running;
    this.waiting = waiting;
    this.due = new DueRequests(running, cache, limits.order);
  }

  /** Gives them their tokens, in order of admission. */
  run(step: ChunkedStep): void {
    const running = this.running;
    const cache = this.cache;
    const lockstep = running.lockstep;
    const due = this.due;
    // Everybody was admitted to a step that held what all before him were due and a token more, and nobody is ever due more than then.
    assert(lockstep.size <= step.budgetTokens, "the budget has no token for each in lockstep");
    step.budgetTokens -= lockstep.size;
    const openers = lockstep.openers;
    const tick = lockstep.tick;
    const opening = openers.dueAt(tick);
    if (due.onlyOpens && opening <= cache.freeBlocks) {
      if (opening > 0) this.openEach(openers.start(openers.rowAt(tick)), opening);
      return;
    }
    due.begin(-1);
    for (let handle = due.next(); handle >= 0; handle = due.next()) {
      if (due.due === FILLS) cache.fill(handle, lockstep.written(handle) + 1);
      else if (due.due === APART) {
        if (!this.continueApart(step, running.of(handle))) return;
      } else if (cache.freeBlocks > 0) this.open();
      else if (!this.makeRoom(step, running.of(handle), 1)) return;
    }
  }

  /** The one found last opens a block, and with it as many of those behind it as there are blocks. */
  private open(): void {
    const first = this.due.opener;
    this.openEach(first, 1 + this.due.passOpeners(this.cache.freeBlocks - 1));
  }

  /** Those who stand from a place on in the column of those who open blocks do so. */
  private openEach(from: i32, count: i32): void {
    const opened = this.opened;
    opened[FROM] = from;
    opened[COUNT] = count;
    this.cache.openEach(this.running.lockstep.openers.column, opened, 0, 1);
  }

  /** Returns whether others can go on: false if the request has given way, and left those behind it out of the step. */
  private continueApart(step: ChunkedStep, request: ChunkedRequest): bool {
    const tokens = this.nextTokens(request, step.budgetTokens);
    if (tokens <= 0) return true;
    if (!this.take(request, tokens) && !this.makeRoom(step, request, tokens)) return false;
    step.schedule(request, tokens);
    return true;
  }

  /** Preempts until a request has blocks for `tokens` tokens; false if it has given way itself: then those behind it get nothing. */
  private makeRoom(step: ChunkedStep, request: ChunkedRequest, tokens: i32): bool {
    const running = this.running;
    const order = request.order;
    step.refused = true;
    do {
      // Under priority order the victim may stand before this request.
      const victim = this.limits.order === FCFS ? running.last : running.least;
      this.preempt(step, victim);
      if (victim === request) {
        step.budgetTokens += running.separate(order);
        return false;
      }
    } while (!this.take(request, tokens));
    this.due.begin(order);
    return true;
  }

  private take(request: ChunkedRequest, tokens: i32): bool {
    const handle = request.handle;
    if (this.running.lockstep.has(handle)) return this.cache.open(handle);
    return this.cache.allocate(handle, tokens, false);
  }

  /** If the victim was scheduled in this step already, its tokens are the step's again. */
  private preempt(step: ChunkedStep, victim: ChunkedRequest): void {
    const handle = victim.handle;
    const lockstep = this.running.lockstep;
    const inLockstep = lockstep.has(handle);
    const withdrawnTokens = inLockstep ? 1 : victim.scheduledTokens;
    victim.lostTokens = inLockstep
      ? lockstep.written(handle)
      : this.cache.computedTokens(handle) - withdrawnTokens;
    step.budgetTokens += withdrawnTokens;
    victim.scheduledTokens = 0;
    step.scheduled.remove(handle);
    this.running.remove(victim);
    this.cache.preempt(handle);
    victim.preemptions += 1;
    this.waiting.putBack(victim);
    step.preempt(victim);
  }

  /** What a running request apart computes next. The last token that fits the model is never computed. */
  private nextTokens(request: ChunkedRequest, budgetTokens: i32): i32 {
    const limits = this.limits;
    const computed = this.cache.computedTokens(request.handle);
    const left = limits.underThreshold(this.cache.knownTokens(request.handle) - computed);
    return min(min(left, budgetTokens), limits.maxModelLen - 1 - computed);
  }
}
