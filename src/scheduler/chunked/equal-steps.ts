import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { Growth, RUN } from "../../core/growth.ts";
import type { Tokens } from "../../request.ts";
import { type ChunkedLimits, underThreshold } from "./chunked-limits.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

const { STEP, BITS } = RUN;

/** Steps that follow one just scheduled without another decision: everybody decodes on, and blocks are given as they are used up. */
export class EqualSteps {
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  readonly #growth = new Growth();

  constructor(limits: ChunkedLimits, cache: KvCacheManager, running: RunningRequests) {
    this.limits = limits;
    this.cache = cache;
    this.running = running;
  }

  /** Equal steps, ≥ 1, from the one just scheduled on, at most `limit`: nobody ends before the last, is refused or stands apart. */
  count(step: ChunkedStep, limit: number): number {
    const { lockstep, apart } = this.running;
    const { scheduled, preempted, leftWaiting } = step;
    if (apart.first(0) >= 0 || scheduled.length > 0 || preempted.length > 0) return 1;
    if (leftWaiting !== null && !this.#staysOut(leftWaiting, step.budgetTokens)) return 1;
    const steps = Math.min(limit, lockstep.ticksToEnd());
    return 1 + lockstep.ticksWithin(this.cache.freeBlocks, lockstep.tick + 1, steps - 1);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow({ leftWaiting }: ChunkedStep, steps: number): Growth {
    const growth = this.#growth;
    const { lockstep } = this.running;
    const cache = this.cache;
    growth.clear();
    if (leftWaiting !== null && steps > 1)
      cache.lookUpAgain(leftWaiting.handle, leftWaiting.hitTokens, steps - 1);
    lockstep.gather(growth, steps);
    // Whoever opens a block in the step itself has it.
    const opened = lockstep.openers.dueAt(lockstep.tick) > 0 ? 1 : 0;
    if (growth.count > opened)
      cache.openEach(lockstep.openers.column, growth.runs, opened, growth.count);
    growth.sum();
    if (cache.sharesGrowth) this.#fillEach(opened, steps);
    return growth;
  }

  /**
   * Whether equal steps leave the head waiting as well, with as good a reason, and as much found each time as far as that counts. Nobody
   * gives blocks back meanwhile, so while nothing that it found can be evicted, nothing changes but that fewer are free. Else it
   * must need room for all it knows, however little of it is found: then a block that is handed out is a free one less, and leaves at
   * most one more that it finds and need not take, the evicted one's equal.
   */
  #staysOut({ handle, hitTokens, preemptions }: ChunkedRequest, budgetTokens: Tokens): boolean {
    const { chunkedPrefill, fullSequenceGate } = this.limits;
    const cache = this.cache;
    if (cache.sharesGrowth) return false;
    if (hitTokens === 0 || cache.freeHits(hitTokens) === 0) return true;
    const known = cache.knownTokens(handle);
    const needsAll =
      (chunkedPrefill && fullSequenceGate) || known <= underThreshold(this.limits, budgetTokens);
    return preemptions > 0 && needsAll;
  }

  /** Whoever opens a block in the runs from number `from` on has filled the one before, also with the last of the steps. */
  #fillEach(from: number, steps: number): void {
    const { runs, count } = this.#growth;
    for (let run = from; run < count; run += 1) this.#fill(runs[(run << BITS) | STEP]!);
    if (steps > 1) this.#fill(steps);
  }

  /** The blocks that are full before the token of a step are cached. */
  #fill(step: number): void {
    const { lockstep } = this.running;
    const { tick, openers } = lockstep;
    const row = openers.rowAt(tick + step);
    for (let at = openers.start(row); at < openers.end(row); at += 1) {
      const handle = openers.column[at]!;
      this.cache.fill(handle, lockstep.written(handle) + step);
    }
  }
}
