import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import { RUN } from "../../allocators/prefix-cached/runs.ts";
import { Growth } from "../../core/growth.ts";
import type { Tokens } from "../../request.ts";
import { type ChunkedLimits, underThreshold } from "./chunked-limits.ts";
import type { ChunkedRequest } from "./chunked-request.ts";
import type { ChunkedStep } from "./chunked-step.ts";
import type { RunningRequests } from "./running-requests.ts";

const { STEP, COUNT, EVICTED, BITS } = RUN;

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
    this.#growth = new Growth(Math.max(1, cache.growthTokens));
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
    const cache = this.#cache;
    growth.clear();
    if (leftWaiting !== null && steps > 1)
      cache.lookUpAgain(leftWaiting.handle, leftWaiting.hitTokens, steps - 1);
    const runs = lockstep.gather(steps);
    // Whoever opens a block in the step itself has it.
    const opened = lockstep.opening(lockstep.tick) > 0 ? 1 : 0;
    if (runs > opened) cache.openEach(lockstep.openers.column, lockstep.runs, opened, runs);
    for (let run = 0; run < lockstep.round; run += 1) this.#tell(run, runs);
    if (cache.sharesGrowth) this.#fillEach(opened, runs, steps);
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

  /** Tells of a run of the first steps, and of the same ones later on, before number `until`. */
  #tell(first: number, until: number): void {
    const { runs, round, tick } = this.#running.lockstep;
    const { grown, unneeded } = this.#growth;
    const times = Math.ceil((until - first) / round);
    grown.add(runs[(first << BITS) | COUNT]!, runs[(first << BITS) | STEP]!, times);
    let alike = first;
    for (let run = first; run < until; run += round) {
      const step = runs[(run << BITS) | STEP]!;
      const lost = this.#running.lockstep.unneeded(tick + step);
      if (lost > 0) unneeded.add(lost, step);
      if (runs[(run << BITS) | EVICTED] === runs[(alike << BITS) | EVICTED]) continue;
      this.#tellEvicted(alike, (run - alike) / round);
      alike = run;
    }
    this.#tellEvicted(alike, Math.ceil((until - alike) / round));
  }

  /** In a run, and so many times in all, the same number of blocks held content. */
  #tellEvicted(run: number, times: number): void {
    const { runs } = this.#running.lockstep;
    const blocks = runs[(run << BITS) | EVICTED]!;
    if (blocks > 0) this.#growth.evicted.add(blocks, runs[(run << BITS) | STEP]!, times);
  }

  /** Whoever opens a block in the runs from number `from` on to before `until` has filled the one before, also with the last of the steps. */
  #fillEach(from: number, until: number, steps: number): void {
    const { runs } = this.#running.lockstep;
    for (let run = from; run < until; run += 1) this.#fill(runs[(run << BITS) | STEP]!);
    if (steps > 1) this.#fill(steps);
  }

  /** The blocks that are full before the token of a step are cached. */
  #fill(step: number): void {
    const { lockstep } = this.#running;
    const { tick, openers } = lockstep;
    const from = openers.start(lockstep.openerClass(tick + step));
    const until = from + lockstep.opening(tick + step);
    for (let at = from; at < until; at += 1) {
      const handle = openers.column[at]!;
      this.#cache.fill(handle, lockstep.written(handle) + step);
    }
  }
}
