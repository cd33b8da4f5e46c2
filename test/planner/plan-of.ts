import type { Architecture } from "../../src/config/catalog/architecture.ts";
import { architectures, gpus } from "../../src/config/catalog/index.ts";
import { type MemoryPlan, planMemory } from "../../src/planner/plan.ts";
import { type Release, releaseOf } from "../../src/planner/release.ts";
import { type PlanOptions, type PlanSettings, planSettings } from "../../src/planner/settings.ts";

export const V0 = releaseOf("vllm-v0", null);
export const V1 = releaseOf("vllm-v1", null);

/** Settings for a model and GPU of the catalogue. */
export function settingsOf(
  model: string | Architecture,
  gpu: string,
  options: PlanOptions = {},
  release: Release = V1,
): PlanSettings {
  const architecture = typeof model === "string" ? architectures[model]! : model;
  return planSettings(architecture, gpus[gpu]!, release, options);
}

export function planOf(...of: Parameters<typeof settingsOf>): MemoryPlan {
  return planMemory(settingsOf(...of));
}
