import type { Architecture } from "../config/catalog/architecture.ts";
import type { GpuSpec } from "../config/catalog/specs.ts";
import { type MemoryPlan, planMemory } from "./plan.ts";
import type { Release } from "./release.ts";
import { type Demand, works } from "./requests.ts";
import { type PlanOptions, planSettings } from "./settings.ts";
import { unsharedHeads } from "./stage.ts";

/** GPUs of a server, over which layers are usually split; beyond, servers take stages. */
const GPUS_OF_A_SERVER = 8;
const MOST_STAGES = 8;

/** How a model is split over GPUs. */
export interface Parallelism {
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
}

/** The ways to split a model, fewest GPUs first: 1, 2, 4 or 8 of a server, then stages of as many as divide the heads. */
export function splits(architecture: Architecture): Parallelism[] {
  const inServer = [1, 2, 4, GPUS_OF_A_SERVER].filter(
    (count) => architecture.heads % count === 0 && unsharedHeads(architecture, count) === null,
  );
  const largest = inServer.at(-1)!;
  const stages = Math.min(MOST_STAGES, architecture.layers.length);
  const overServers = Array.from({ length: stages - 1 }, (_, index) => index + 2);
  return [
    ...inServer.map((tensorParallel) => ({ tensorParallel, pipelineParallel: 1 })),
    ...overServers.map((pipelineParallel) => ({ tensorParallel: largest, pipelineParallel })),
  ];
}

/** The plan with the fewest GPUs of one kind that works; null where even the largest split does not. */
export function smallestPlan(
  architecture: Architecture,
  gpu: GpuSpec,
  release: Release,
  options: PlanOptions,
  demand: Demand | null,
): MemoryPlan | null {
  for (const split of splits(architecture)) {
    const plan = planMemory(planSettings(architecture, gpu, release, { ...options, ...split }));
    if (works(plan, demand)) return plan;
  }
  return null;
}
