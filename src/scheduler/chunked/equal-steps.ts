import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { assert } from "../../core/assert.ts";
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

  /** The step just scheduled is the first of `steps` equal ones: gives blocks for all of them, and tells who is given one when. */
  grow({ opened }: ChunkedStep, steps: number): Growth {
    const growth = this.#growth;
    const { lockstep } = this.#running;
    growth.clear();
    if (opened.length > 0) {
      let unneeded = 0;
      for (let index = 0; index < opened.length; index += 1)
        unneeded += lockstep.unneeded(opened.at(index), lockstep.tick);
      growth.endStep(0, opened.length, unneeded);
    }
    if (steps > 1) this.#growFurther(growth, lockstep.tick + steps);
    return growth;
  }

  /** Blocks for the steps behind the one just scheduled, before the tick `until`; whoever opens one has filled the one before. */
  #growFurther(growth: Growth, until: number): void {
    const { lockstep } = this.#running;
    const { tick: now } = lockstep;
    let tick = lockstep.nextOpening(now + 1);
    for (; tick < until; tick = lockstep.nextOpening(tick + 1)) {
      const evictedBefore = this.#cache.evictedBlocks;
      let grown = 0;
      let unneeded = 0;
      let handle = lockstep.opening(tick, -1);
      for (; handle >= 0; handle = lockstep.openingAfter(handle)) {
        this.#cache.fill(handle);
        assert(this.#cache.open(handle), "equal steps go on beyond the pool");
        grown += 1;
        unneeded += lockstep.unneeded(handle, tick);
      }
      growth.endStep(tick - now, grown, unneeded, this.#cache.evictedBlocks - evictedBefore);
    }
    let handle = lockstep.opening(until, -1);
    for (; handle >= 0; handle = lockstep.openingAfter(handle)) this.#cache.fill(handle);
  }
}
