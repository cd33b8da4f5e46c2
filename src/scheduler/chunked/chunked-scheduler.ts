import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { ChunkedSchedulerConfig } from "../../config/scheduler-config.ts";
import { assert } from "../../core/assert.ts";
import type { Segment, Tokens } from "../../request.ts";
import { byPriority, type ChunkedArrival, ChunkedRequest } from "./chunked-request.ts";
import { type ChunkedStep, newStep } from "./chunked-step.ts";
import { ArrivalQueue, PriorityQueue, type WaitingQueue } from "./waiting-queue.ts";

/** What a step may hold, and who goes first; `maxModelLen`: tokens of the longest request, its output included. */
export type ChunkedLimits = Omit<ChunkedSchedulerConfig, "policy" | "maxWaiting"> & {
  readonly maxModelLen: Tokens;
};

/**
 * vLLM V1's scheduler (`Scheduler` at 52a31cc): a step gives each running request, then each waiting one, as many of its tokens
 * as the step's budget holds, prompts in parts; the last to run is preempted when memory runs out, and computed again.
 */
export class ChunkedScheduler {
  /** In order of admission. */
  readonly running: ChunkedRequest[] = [];
  readonly waiting: WaitingQueue<ChunkedRequest>;
  readonly #limits: ChunkedLimits;
  readonly #cache: KvCacheManager;

  constructor(limits: ChunkedLimits, cache: KvCacheManager) {
    this.#limits = limits;
    this.#cache = cache;
    this.waiting = limits.order === "fcfs" ? new ArrivalQueue() : new PriorityQueue(byPriority);
  }

  /** A request arrives; `prompt` is what it says. */
  enqueue(arrived: ChunkedArrival, prompt: readonly Segment[]): ChunkedRequest {
    const request = new ChunkedRequest(arrived);
    this.#cache.begin(request.handle, prompt);
    this.waiting.enqueue(request);
    return request;
  }

  /** Decides what the next step computes. Who preempts somebody admits nobody. */
  schedule(): ChunkedStep {
    const step = newStep(this.#limits.maxBatchedTokens);
    this.#continueRunning(step);
    if (step.preempted.length === 0) this.#admitWaiting(step);
    return step;
  }

  /**
   * The step's tokens are computed: who has computed all it knows says one token more, and who has said all gives back what it holds,
   * in order of scheduling. Returns those who have ended.
   */
  complete(step: ChunkedStep): ChunkedRequest[] {
    const ended = step.scheduled.filter((request) => {
      request.scheduledTokens = 0;
      const { handle } = request;
      if (this.#cache.computedTokens(handle) < this.#cache.knownTokens(handle)) return false;
      return this.#say(request);
    });
    if (ended.length > 0) this.#forget(ended);
    return ended;
  }

  /** The step is repeated `times` more before it is completed: all in it decode, and nobody needs a block or fills one meanwhile. */
  repeat(step: ChunkedStep, times: number): void {
    for (const request of step.scheduled) {
      const { handle, outputContentId, outputOffset } = request.arrived;
      this.#cache.append(handle, outputContentId, outputOffset + request.generated, times);
      request.generated += times;
      const granted = this.#cache.allocate(handle, times);
      assert(granted, "a request that stays inside its blocks was refused");
    }
  }

  /** A request that waits will never be served: forgets it. */
  dismiss(request: ChunkedRequest): void {
    this.waiting.remove(request);
    this.#cache.free(request.handle);
  }

  #continueRunning(step: ChunkedStep): void {
    const { running } = this;
    for (let index = 0; index < running.length && step.budgetTokens > 0; index += 1) {
      const request = running[index]!;
      const tokens = this.#nextTokens(request, step.budgetTokens);
      if (tokens <= 0) continue;
      while (!this.#cache.allocate(request.handle, tokens)) {
        step.refused = true;
        const victim = this.#takeVictim();
        // The victim stood before this request, which has moved up.
        if (this.#preempt(step, victim)) index -= 1;
        if (victim === request) return;
      }
      schedule(step, request, tokens);
    }
  }

  #admitWaiting(step: ChunkedStep): void {
    const { maxRunning, fullSequenceGate } = this.#limits;
    while (step.budgetTokens > 0 && this.running.length < maxRunning) {
      const head = this.waiting.front();
      if (head === undefined) return;
      const tokens = this.#firstTokens(step, head);
      if (tokens === null) return;
      if (!this.#cache.allocate(head.handle, tokens, fullSequenceGate)) {
        step.refused = true;
        return;
      }
      this.waiting.popFront();
      this.running.push(head);
      step.admitted.push(head);
      schedule(step, head, tokens);
    }
  }

  /** What a running request computes next. The last token that fits the model is never computed. */
  #nextTokens({ handle }: ChunkedRequest, budgetTokens: Tokens): Tokens {
    const computed = this.#cache.computedTokens(handle);
    const left = this.#capped(this.#cache.knownTokens(handle) - computed);
    return Math.min(left, budgetTokens, this.#limits.maxModelLen - 1 - computed);
  }

  /** What the head computes first, behind what the cache has; null if the step has no room for it. */
  #firstTokens(step: ChunkedStep, head: ChunkedRequest): Tokens | null {
    head.hitTokens = this.#cache.lookUp(head.handle);
    step.lookedUp.push(head);
    const left = this.#capped(this.#cache.knownTokens(head.handle) - head.hitTokens);
    if (!this.#limits.chunkedPrefill && left > step.budgetTokens) return null;
    return Math.min(left, step.budgetTokens);
  }

  #capped(tokens: Tokens): Tokens {
    const { longPrefillThreshold } = this.#limits;
    return longPrefillThreshold > 0 ? Math.min(tokens, longPrefillThreshold) : tokens;
  }

  /** Takes out the running request that was admitted last, or that has the last priority. */
  #takeVictim(): ChunkedRequest {
    const { running } = this;
    if (this.#limits.order === "fcfs") return running.pop()!;
    const victim = running.reduce((last, other) => (byPriority(other, last) > 0 ? other : last));
    running.splice(running.indexOf(victim), 1);
    return victim;
  }

  /** Returns whether the victim was scheduled in this step already; then its tokens are the step's again. */
  #preempt(step: ChunkedStep, victim: ChunkedRequest): boolean {
    const withdrawnTokens = victim.scheduledTokens;
    const lostTokens = this.#cache.computedTokens(victim.handle) - withdrawnTokens;
    step.budgetTokens += withdrawnTokens;
    victim.scheduledTokens = 0;
    if (withdrawnTokens > 0) step.scheduled.splice(step.scheduled.indexOf(victim), 1);
    this.#cache.preempt(victim.handle);
    victim.preemptions += 1;
    this.waiting.putBack(victim);
    step.preempted.push({ request: victim, lostTokens });
    return withdrawnTokens > 0;
  }

  /** Returns whether that was its last token. */
  #say(request: ChunkedRequest): boolean {
    const { handle, outputContentId, outputOffset, outputTokens } = request.arrived;
    this.#cache.append(handle, outputContentId, outputOffset + request.generated, 1);
    request.generated += 1;
    return request.generated === outputTokens;
  }

  #forget(ended: readonly ChunkedRequest[]): void {
    for (const { handle } of ended) this.#cache.free(handle);
    const gone = new Set(ended);
    let kept = 0;
    for (const request of this.running) if (!gone.has(request)) this.running[kept++] = request;
    this.running.length = kept;
  }
}

function schedule(step: ChunkedStep, request: ChunkedRequest, tokens: Tokens): void {
  request.scheduledTokens = tokens;
  step.budgetTokens -= tokens;
  step.scheduled.push(request);
}
