import { requireInvariants } from "../checked.ts";
import { invariants } from "../invariants.ts";
import { poolState, StateMemory } from "../pool-state.ts";
import type { CachingPool } from "./caching-pool.ts";

/** Those that do not speak of groups, whose blocks nobody else would have, nor of a drained pool, which still has content. */
const ACROSS_REQUESTS = new Set(["KV-1", "KV-2", "KV-3", "KV-4", "KV-5"]);

/** Checks a pool that is new now; the answer checks it again, and throws at a breach. O(pool). */
export function poolAuditor(pool: CachingPool): () => void {
  const initial = poolState(pool);
  const memory = new StateMemory();
  const { slots } = pool.usage;
  const checks = invariants.filter(({ id }) => ACROSS_REQUESTS.has(id));
  return () => {
    const now = poolState(pool, memory);
    const holding = pool.holding.bind(pool);
    const context = { slots, initial, now, refusedFrom: null, groups: [], holding };
    requireInvariants(checks, context);
  };
}
