import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { Growth } from "../../core/growth.ts";
import { Openings } from "../../core/openings.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

/** Steps that follow one just scheduled without another decision: everybody decodes on, and blocks are given as they are used up. */
export class EqualSteps {
  readonly #cache: KvCacheManager;
  readonly #running: RunningRequests;
  readonly #growth = new Growth();
  readonly #openings = new Openings();

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
    const { count } = lockstep.openers(tick);
    if (count > 0) growth.add(0, count, lockstep.unneeded(tick));
    if (steps > 1) this.#growFurther(steps);
    return growth;
  }

  /** Blocks for the steps behind the one just scheduled. */
  #growFurther(steps: number): void {
    const openings = this.#openings;
    const { lockstep } = this.#running;
    openings.clear();
    lockstep.addOpenings(lockstep.tick + 1, lockstep.tick + steps, openings);
    if (openings.count > 0) this.#cache.openInTurn(openings);
    openings.tell(this.#growth);
    if (this.#cache.sharesGrowth) this.#fill(steps);
  }

  /** Whoever opens a block has filled the one before, also with the last of the steps. */
  #fill(steps: number): void {
    const { entries, opened, openers, steps: openedIn } = this.#openings;
    const { lockstep } = this.#running;
    let at = 0;
    for (let entry = 0; entry < entries; entry += 1)
      for (let left = opened[entry]!; left > 0; left -= 1) {
        const handle = openers[at++]!;
        this.#cache.fill(handle, lockstep.written(handle) + openedIn[entry]!);
      }
    lockstep.openers(lockstep.tick + steps).forEach((handle) => {
      this.#cache.fill(handle, lockstep.written(handle) + steps);
    });
  }
}
