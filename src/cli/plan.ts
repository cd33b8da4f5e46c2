import type { Architecture } from "../config/catalog/architecture.ts";
import { gpus } from "../config/catalog/index.ts";
import type { GpuSpec } from "../config/catalog/specs.ts";
import { ConfigProblem } from "../config/problem.ts";
import { checkServing, type Serving } from "../config/resolve/serving.ts";
import { smallestPlan } from "../planner/fleet.ts";
import { type MemoryPlan, planMemory } from "../planner/plan.ts";
import type { Release } from "../planner/release.ts";
import { type Demand, works } from "../planner/requests.ts";
import { type PlanOptions, planSettings } from "../planner/settings.ts";
import { CommandError, DONE, FAILED } from "./exit.ts";
import type { Output } from "./output.ts";
import { withVllmCommand } from "./plan-command.ts";
import { planJson } from "./plan-json.ts";
import {
  count,
  type PlanArguments,
  readGpu,
  readModel,
  readPlanOptions,
  readRelease,
} from "./plan-options.ts";
import { planText } from "./plan-text.ts";

/** The GPU of a plan that names none. */
const DEFAULT_GPU = "a100-80gb";

/** Everything that a plan's report is made of. */
export interface PlanReport {
  readonly plan: MemoryPlan;
  readonly demand: Demand | null;
  /** The plan with the fewest GPUs that works, for each GPU of the catalogue; null where none does. */
  readonly fleets: readonly { readonly gpu: GpuSpec; readonly plan: MemoryPlan | null }[];
  readonly unknownFlags: readonly string[];
  /** What else of the command the plan does without. */
  readonly notes: readonly string[];
  /** The name that was taken for the model's; null where it is the model's own, or a file's. */
  readonly takenFrom: string | null;
}

/** `kvsim plan`: exit code 1 where the model, or what must fit, does not. */
export function plan(given: PlanArguments, output: Output): number {
  const { options: stated, more, unknownFlags, notes, allowsLongContexts } = withVllmCommand(given);
  const architecture = readModel(stated);
  const gpu = readGpu(stated);
  const release = readRelease(stated.engine);
  const options = { ...more, ...defined(readPlanOptions(stated, architecture)) };
  checkOptions(architecture, {
    ...options,
    ...(allowsLongContexts && { maxModelLen: undefined }),
  });
  const demand = readDemand(stated, options.maxModelLen ?? architecture.maxModelLen);
  const planned = planFor(architecture, gpu, release, options, demand);
  const fleets = Object.values(gpus).map((kind) => ({
    gpu: kind,
    plan: smallestPlan(architecture, kind, release, options, demand),
  }));
  const takenFrom = takenName(stated.model, architecture);
  const report: PlanReport = { plan: planned, demand, fleets, unknownFlags, notes, takenFrom };
  output.out(given.json ? planJson(report) : planText(report));
  return works(planned, demand) ? DONE : FAILED;
}

function takenName(model: string | undefined, { name }: Architecture): string | null {
  return model === undefined || model.toLowerCase() === name ? null : model;
}

/** Without `--gpu` and `--tp` as many of the usual GPU as it takes; else what was asked for. */
function planFor(
  architecture: Architecture,
  gpu: GpuSpec | null,
  release: Release,
  options: PlanOptions,
  demand: Demand | null,
): MemoryPlan {
  const kind = gpu ?? gpus[DEFAULT_GPU]!;
  const stated = options.tensorParallel ?? options.pipelineParallel ?? gpu;
  const smallest =
    stated === null ? smallestPlan(architecture, kind, release, options, demand) : null;
  return smallest ?? planMemory(planSettings(architecture, kind, release, options));
}

function readDemand(given: PlanArguments, maxModelLen: number): Demand | null {
  const contextTokens = count("--context", given.context, 1);
  const requests = count("--concurrency", given.concurrency, 1);
  if (contextTokens === undefined && requests === undefined) return null;
  if (contextTokens !== undefined && contextTokens > maxModelLen)
    throw new CommandError(
      `--context: expected at most ${maxModelLen}, the longest context, got ${contextTokens}`,
    );
  return { requests: requests ?? 1, contextTokens: contextTokens ?? maxModelLen };
}

/** The options that {@link checkServing} knows by the keys of a config. */
const OPTION_OF: Readonly<Record<string, string>> = {
  tensorParallel: "--tp",
  pipelineParallel: "--pp",
  maxModelLen: "--max-model-len",
} satisfies Record<keyof Serving, string>;

function checkOptions(architecture: Architecture, options: Serving): void {
  try {
    checkServing(architecture, options);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new CommandError(`${OPTION_OF[error.path[0]!]}: ${error.text}`);
  }
}

function defined(options: PlanOptions): PlanOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
