import { activations } from "./activations.ts";
import { type Estimate, GIB, known, total } from "./estimate.ts";
import { graphs, overhead } from "./overhead.ts";
import { type PoolSize, sizePool } from "./pool.ts";
import type { PlanSettings } from "./settings.ts";
import { kvBytesPerToken } from "./stage.ts";
import { weights } from "./weights.ts";

/** Where the memory of the fullest GPU goes, and the KV pool that it leaves. Bytes of one GPU. */
export interface MemoryPlan {
  readonly settings: PlanSettings;
  /** Memory of the GPU, and the part that vLLM may use. */
  readonly totalBytes: number;
  readonly budgetBytes: number;
  readonly weights: Estimate;
  readonly activations: Estimate;
  readonly overhead: Estimate;
  /** Inside the budget or on top of it, as the release does. */
  readonly graphs: Estimate;
  /** KV bytes of one token on this GPU, in all its layers. */
  readonly kvBytesPerToken: number;
  /** What the budget leaves for KV; negative where it leaves nothing. */
  readonly available: Estimate;
  readonly pool: PoolSize;
  /** The pool at the other ends of the components' ranges. */
  readonly poolLow: PoolSize;
  readonly poolHigh: PoolSize;
}

/** Plans one GPU of the replica as that vLLM release would. */
export function planMemory(settings: PlanSettings): MemoryPlan {
  const totalBytes = Math.floor(settings.gpu.memoryGiB * GIB);
  const budgetBytes = Math.ceil(totalBytes * settings.utilization);
  const parts = {
    weights: weights(settings),
    activations: activations(settings),
    overhead: overhead(settings),
    graphs: graphs(settings),
  };
  const { graphs: captured, ...inside } = parts;
  const used = total([
    ...Object.values(inside),
    ...(settings.release.graphsInBudget ? [captured] : []),
  ]);
  const available =
    settings.kvCacheBytes === null ? rest(budgetBytes, used) : known(settings.kvCacheBytes);
  return {
    settings,
    totalBytes,
    budgetBytes,
    ...parts,
    kvBytesPerToken: kvBytesPerToken(settings),
    available,
    pool: sizePool(settings, available.bytes),
    poolLow: sizePool(settings, available.low),
    poolHigh: sizePool(settings, available.high),
  };
}

function rest(budgetBytes: number, used: Estimate): Estimate {
  return {
    bytes: Math.floor(budgetBytes - used.bytes),
    low: Math.floor(budgetBytes - used.high),
    high: Math.floor(budgetBytes - used.low),
    driver: used.driver,
  };
}
