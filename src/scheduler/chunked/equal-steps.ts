import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { Growth } from "../../core/growth.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

/** Steps that follow one just scheduled without another decision: everybody decodes on, and blocks are given as they are used up. */
export class EqualSteps {
  readonly #cache: KvCacheManager;
  readonly #running: RunningRequests;
  readonly #growth = new Growth();

  constructor(cache: KvCacheManager, running: RunningRequests) {
    this.#cache = cache;
    this.#running = running;
  }

  /** Equal steps, ≥ 1, from the one just scheduled on, at most `limit`: nobody ends before the last, is refused or stands apart. */
  count(step: ChunkedStep, limit: number): number {
    const { lockstep, apart } = this.#running;
    if (apart.first(0) >= 0 || step.scheduled.length > 0 || step.refused) return 1;
    const steps = Math.min(limit, lockstep.ticksToEnd());
    return 1 + lockstep.ticksWithin(this.#cache.freeBlocks, lockstep.tick + 1, steps - 1);
  }

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells how many were given when. */
  grow(steps: number): Growth {
    const growth = this.#growth;
    const { lockstep } = this.#running;
    const { tick } = lockstep;
    growth.clear();
    // Whoever opens a block in the step itself has it.
    this.#tell(growth, tick, 0);
    if (steps > 1) this.#growFurther(growth, tick + steps);
    return growth;
  }

  /** Blocks for the steps behind the one just scheduled, before the tick `until`; whoever opens one has filled the one before. */
  #growFurther(growth: Growth, until: number): void {
    const { lockstep } = this.#running;
    const { tick: now } = lockstep;
    let tick = lockstep.nextOpening(now + 1);
    for (; tick < until; tick = lockstep.nextOpening(tick + 1)) {
      const evictedBefore = this.#cache.evictedBlocks;
      const { handles, count } = lockstep.openers(tick);
      this.#cache.fillEach(handles, count);
      this.#cache.openEach(handles, count);
      this.#tell(growth, tick, this.#cache.evictedBlocks - evictedBefore);
    }
    const { handles, count } = lockstep.openers(until);
    this.#cache.fillEach(handles, count);
  }

  #tell(growth: Growth, tick: number, evicted: number): void {
    const { lockstep } = this.#running;
    const openers = lockstep.openers(tick);
    if (openers.count === 0) return;
    const unneeded = openers.unneeded(tick, this.#cache.growthTokens);
    growth.add(tick - lockstep.tick, openers.count, unneeded, evicted);
  }
}
