import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { Growth } from "../../core/growth.ts";
import type { Tokens } from "../../request.ts";
import { type ChunkedLimits, underThreshold } from "./chunked-limits.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

/** Steps that follow one just scheduled without another decision: everybody decodes on, and blocks are given as they are used up. */
export class EqualSteps {
  readonly #limits: ChunkedLimits;
  readonly #cache: KvCacheManager;
  readonly #running: RunningRequests;
  readonly #growth: Growth;

  constructor(limits: ChunkedLimits, cache: KvCacheManager, running: RunningRequests) {
    this.#limits = limits;
    this.#cache = cache;
    this.#running = running;
    this.#growth = new Growth(1);
  }

  /** Equal steps, ≥ 1, from the one just scheduled on, at most `limit`: nobody ends before the last, is refused or stands apart. */
  count(step: ChunkedStep, limit: number): number {
    const { lockstep, apart } = this.#running;
    const { scheduled, preempted, leftWaiting } = step;
    if (apart.first(0) >= 0 || scheduled.length > 0 || preempted.length > 0) return 1;
    if (leftWaiting !== null && !this.#staysOut(leftWaiting, step.budgetTokens)) return 1;
    const steps = Math.min(limit, lockstep.ticksToEnd());
    return 1 + lockstep.ticksWithin(this.#cache.freeBlocks, lockstep.tick + 1, steps - 1);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow({ leftWaiting }: ChunkedStep, steps: number): Growth {
    const growth = this.#growth;
    const { lockstep } = this.#running;
    const { tick } = lockstep;
    growth.clear();
    // Whoever opens a block in the step itself has it.
    const { count } = lockstep.openers(tick);
    if (count > 0) this.#tell(0, count, lockstep.unneeded(tick), 0);
    if (steps === 1) return growth;
    if (leftWaiting !== null)
      this.#cache.lookUpAgain(leftWaiting.handle, leftWaiting.hitTokens, steps - 1);
    this.#growFurther(steps);
    return growth;
  }

  /**
   * Whether equal steps leave the head waiting as well, with as good a reason, and as much found each time as far as that counts. Nobody
   * gives blocks back meanwhile, so while nothing that it found can be evicted, nothing changes but that fewer are free. Else it
   * must need room for all it knows, however little of it is found: then a block that is handed out is a free one less, and leaves at
   * most one more that it finds and need not take, the evicted one's equal.
   */
  #staysOut({ handle, hitTokens, preemptions }: ChunkedRequest, budgetTokens: Tokens): boolean {
    const { chunkedPrefill, fullSequenceGate } = this.#limits;
    const cache = this.#cache;
    if (cache.sharesGrowth) return false;
    if (hitTokens === 0 || cache.freeHits(hitTokens) === 0) return true;
    const known = cache.knownTokens(handle);
    const needsAll =
      (chunkedPrefill && fullSequenceGate) || known <= underThreshold(this.#limits, budgetTokens);
    return preemptions > 0 && needsAll;
  }

  /** Blocks for the steps behind the one just scheduled: whoever opens one has filled the one before, also with the last of the steps. */
  #growFurther(steps: number): void {
    const { lockstep } = this.#running;
    const cache = this.#cache;
    const begin = lockstep.tick;
    const end = begin + steps;
    for (
      let tick = lockstep.nextOpening(begin + 1);
      tick < end;
      tick = lockstep.nextOpening(tick + 1)
    ) {
      const { handles, count } = lockstep.openers(tick);
      if (cache.sharesGrowth) this.#fill(tick);
      const evicted = cache.openEach(handles, 0, count);
      this.#tell(tick - begin, count, lockstep.unneeded(tick), evicted);
    }
    if (cache.sharesGrowth) this.#fill(end);
  }

  /** In `step`, so many were given a block: `unneeded` slots of them will never be written, and `evicted` held content. */
  #tell(step: number, count: number, unneeded: Tokens, evicted: number): void {
    const growth = this.#growth;
    growth.grown.add(count, step);
    if (unneeded > 0) growth.unneeded.add(unneeded, step);
    if (evicted > 0) growth.evicted.add(evicted, step);
  }

  /** The blocks that are full before the token of a tick are cached. */
  #fill(tick: number): void {
    const { lockstep } = this.#running;
    const passed = tick - lockstep.tick;
    lockstep.openers(tick).forEach((handle) => {
      this.#cache.fill(handle, lockstep.written(handle) + passed);
    });
  }
}
