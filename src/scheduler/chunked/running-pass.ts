import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { assert } from "../../core/assert.ts";
import { RUN } from "../../core/growth.ts";
import type { Tokens } from "../../request.ts";
import { type ChunkedLimits, underThreshold } from "./chunked-limits.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import { DueRequests } from "./due-requests.ts";
import type { RunningRequests } from "./running-requests.ts";
import type { WaitingQueue } from "./waiting-queue.ts";

/**
 * The first part of a step: the running requests go on, and preempt others when memory runs out. Only those with something due are
 * visited: whoever stays inside a block that is not yet full cannot be refused, and changes nothing.
 */
export class RunningPass {
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  private readonly waiting: WaitingQueue<ChunkedRequest>;
  private readonly due: DueRequests;
  /** Those who open blocks together, as a {@link RUN}. */
  readonly #run = new Int32Array(1 << RUN.BITS);

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
    const { lockstep } = this.running;
    const due = this.due;
    // Everybody was admitted to a step that held what all before him were due and a token more, and nobody is ever due more than then.
    assert(lockstep.size <= step.budgetTokens, "the budget has no token for each in lockstep");
    step.budgetTokens -= lockstep.size;
    const { openers, tick } = lockstep;
    const opening = openers.dueAt(tick);
    if (due.onlyOpens && opening <= this.cache.freeBlocks) {
      if (opening > 0) this.#openEach(openers.start(openers.rowAt(tick)), opening);
      return;
    }
    due.begin();
    for (let handle = due.next(); handle >= 0; handle = due.next()) {
      if (due.due === "fills") this.cache.fill(handle, lockstep.written(handle) + 1);
      else if (due.due === "apart") {
        if (!this.#continueApart(step, this.running.of(handle))) return;
      } else if (this.cache.freeBlocks > 0) this.#open();
      else if (!this.#makeRoom(step, this.running.of(handle), 1)) return;
    }
  }

  /** The one found last opens a block, and with it as many of those behind it as there are blocks. */
  #open(): void {
    const first = this.due.opener;
    this.#openEach(first, 1 + this.due.passOpeners(this.cache.freeBlocks - 1));
  }

  /** Those who stand from a place on in the column of those who open blocks do so. */
  #openEach(from: number, count: number): void {
    this.#run[RUN.FROM] = from;
    this.#run[RUN.COUNT] = count;
    this.cache.openEach(this.running.lockstep.openers.column, this.#run, 0, 1);
  }

  /** Returns whether others can go on: false if the request has given way, and left those behind it out of the step. */
  #continueApart(step: ChunkedStep, request: ChunkedRequest): boolean {
    const tokens = this.#nextTokens(request, step.budgetTokens);
    if (tokens <= 0) return true;
    if (!this.#take(request, tokens) && !this.#makeRoom(step, request, tokens)) return false;
    step.schedule(request, tokens);
    return true;
  }

  /** Preempts until a request has blocks for `tokens` tokens; false if it has given way itself: then those behind it get nothing. */
  #makeRoom(step: ChunkedStep, request: ChunkedRequest, tokens: Tokens): boolean {
    const running = this.running;
    const { order } = request;
    step.refused = true;
    do {
      // Under priority order the victim may stand before this request.
      const victim = this.limits.order === "fcfs" ? running.last : running.least;
      this.#preempt(step, victim);
      if (victim === request) {
        step.budgetTokens += running.separate(order);
        return false;
      }
    } while (!this.#take(request, tokens));
    this.due.begin(order);
    return true;
  }

  #take({ handle }: ChunkedRequest, tokens: Tokens): boolean {
    if (this.running.lockstep.has(handle)) return this.cache.open(handle);
    return this.cache.allocate(handle, tokens);
  }

  /** If the victim was scheduled in this step already, its tokens are the step's again. */
  #preempt(step: ChunkedStep, victim: ChunkedRequest): void {
    const { handle } = victim;
    const { lockstep } = this.running;
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
    victim.suspend();
    this.waiting.putBack(victim);
    step.preempted.push(victim);
  }

  /** What a running request apart computes next. The last token that fits the model is never computed. */
  #nextTokens({ handle }: ChunkedRequest, budgetTokens: Tokens): Tokens {
    const computed = this.cache.computedTokens(handle);
    const left = underThreshold(this.limits, this.cache.knownTokens(handle) - computed);
    return Math.min(left, budgetTokens, this.limits.maxModelLen - 1 - computed);
  }
}
