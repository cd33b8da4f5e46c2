import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { BITS, Growth, STEP } from "../../core/growth";
import { ChunkedLimits } from "./chunked-limits";
import { ChunkedRequest } from "./chunked-request";
import { ChunkedStep } from "./chunked-step";
import { RunningRequests } from "./running-requests";

/** Steps that follow one just scheduled without another decision: everybody decodes on, and blocks are given as they are used up. */
@final
export class EqualSteps {
  private readonly limits: ChunkedLimits;
  private readonly cache: KvCacheManager;
  private readonly running: RunningRequests;
  private readonly growth: Growth = new Growth();

  constructor(limits: ChunkedLimits, cache: KvCacheManager, running: RunningRequests) {
    this.limits = limits;
    this.cache = cache;
    this.running = running;
  }

  /** Equal steps, ≥ 1, from the one just scheduled on, at most `limit`: nobody ends before the last, is refused or stands apart. */
  count(step: ChunkedStep, limit: i32): i32 {
    const lockstep = this.running.lockstep;
    if (this.running.apart.first(0) >= 0) return 1;
    if (step.scheduled.length > 0 || step.preemptions > 0) return 1;
    const leftWaiting = step.leftWaiting;
    if (leftWaiting !== null && !this.staysOut(leftWaiting, step.budgetTokens)) return 1;
    const steps = min(limit, lockstep.ticksToEnd());
    return 1 + lockstep.ticksWithin(this.cache.freeBlocks, lockstep.tick + 1, steps - 1);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow(step: ChunkedStep, steps: i32): Growth {
    const growth = this.growth;
    const lockstep = this.running.lockstep;
    const cache = this.cache;
    const leftWaiting = step.leftWaiting;
    growth.clear();
    if (leftWaiting !== null && steps > 1)
      cache.lookUpAgain(leftWaiting.handle, leftWaiting.hitTokens, steps - 1);
    lockstep.gather(growth, steps);
    // Whoever opens a block in the step itself has it.
    const opened = lockstep.openers.dueAt(lockstep.tick) > 0 ? 1 : 0;
    if (growth.count > opened)
      cache.openEach(lockstep.openers.column, growth.runs, opened, growth.count);
    growth.sum();
    if (cache.sharesGrowth) this.fillEach(opened, steps);
    return growth;
  }

  /**
   * Whether equal steps leave the head waiting as well, with as good a reason, and as much found each time as far as that counts. Nobody
   * gives blocks back meanwhile, so while nothing that it found can be evicted, nothing changes but that fewer are free. Else it
   * must need room for all it knows, however little of it is found: then a block that is handed out is a free one less, and leaves at
   * most one more that it finds and need not take, the evicted one's equal.
   */
  private staysOut(request: ChunkedRequest, budgetTokens: i32): bool {
    const limits = this.limits;
    const cache = this.cache;
    const hitTokens = request.hitTokens;
    if (cache.sharesGrowth) return false;
    if (hitTokens === 0 || cache.freeHits(hitTokens) === 0) return true;
    const known = cache.knownTokens(request.handle);
    const needsAll =
      (limits.chunkedPrefill && limits.fullSequenceGate) ||
      known <= limits.underThreshold(budgetTokens);
    return request.preemptions > 0 && needsAll;
  }

  /** Whoever opens a block in the runs from number `from` on has filled the one before, also with the last of the steps. */
  private fillEach(from: i32, steps: i32): void {
    const runs = this.growth.runs;
    const count = this.growth.count;
    for (let run = from; run < count; run += 1) this.fill(runs[(run << BITS) + STEP]);
    if (steps > 1) this.fill(steps);
  }

  /** The blocks that are full before the token of a step are cached. */
  private fill(step: i32): void {
    const lockstep = this.running.lockstep;
    const openers = lockstep.openers;
    const column = openers.column;
    const row = openers.rowAt(lockstep.tick + step);
    const end = openers.end(row);
    for (let at = openers.start(row); at < end; at += 1) {
      const handle = column[at];
      this.cache.fill(handle, lockstep.written(handle) + step);
    }
  }
}
