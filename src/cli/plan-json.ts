import { activeParameterCount, parameterCount } from "../config/hugging-face/parameters.ts";
import type { Estimate } from "../planner/estimate.ts";
import { missingBytes, remedies } from "../planner/remedies.ts";
import { requestsThatFit, works } from "../planner/requests.ts";
import { kvBytesPerToken } from "../planner/stage.ts";
import { weights } from "../planner/weights.ts";
import type { PlanReport } from "./plan.ts";
import { VERSION } from "./version.ts";

/** Bytes, tokens and counts; nothing is rounded or in other units. */
export function planJson({
  plan,
  demand,
  fleets,
  unknownFlags,
  notes,
  takenFrom,
}: PlanReport): string {
  const { settings, pool, poolLow, poolHigh } = plan;
  const { architecture, gpu, release } = settings;
  const whole = { ...settings, tensorParallel: 1, pipelineParallel: 1 };
  const fits = works(plan, demand);
  const document = {
    schema: "kvsim.plan/1",
    kvsim: VERSION,
    model: architecture.name,
    /** The name that was taken for the model's; null where it is its own. */
    takenFrom,
    source: architecture.source,
    parameters: parameterCount(architecture),
    activeParameters: activeParameterCount(architecture),
    /** Of one copy of the model; a GPU's share stands below. */
    weightsBytes: Math.round(weights(whole).bytes),
    kvBytesPerToken: kvBytesPerToken(whole),
    gpu: gpu.name,
    tensorParallel: settings.tensorParallel,
    pipelineParallel: settings.pipelineParallel,
    engine: release.engine,
    profiler: release.profiler,
    dtype: settings.weightFormat,
    quantization: settings.quantization,
    draftModel: settings.draftModel?.name ?? null,
    kvBytesPerElement: settings.kvBytesPerElement,
    maxModelLen: settings.maxModelLen,
    maxNumSeqs: settings.maxSequences,
    maxBatchedTokens: settings.maxBatchedTokens,
    utilization: settings.utilization,
    blockSize: settings.blockSize,
    perGpu: {
      totalBytes: plan.totalBytes,
      budgetBytes: plan.budgetBytes,
      weights: rounded(plan.weights),
      activations: rounded(plan.activations),
      cudaGraphs: { ...rounded(plan.graphs), inBudget: release.graphsInBudget },
      other: rounded(plan.overhead),
      kvPool: rounded(plan.available),
      kvBytesPerToken: plan.kvBytesPerToken,
    },
    blocks: { planned: pool.blocks, low: poolLow.blocks, high: poolHigh.blocks },
    cpuBlocks: pool.cpuBlocks,
    tokens: { planned: pool.tokens, low: poolLow.tokens, high: poolHigh.tokens },
    maxConcurrency: pool.maxConcurrency,
    concurrencyLine: pool.concurrencyLine,
    demand,
    requests: demand === null ? null : requestsThatFit(plan, demand.contextTokens),
    fits,
    problem: pool.problem,
    missingBytes: Math.ceil(missingBytes(plan, demand)),
    remedies: fits ? [] : remedies(plan, demand).map(({ option }) => option),
    gpus: Object.fromEntries(fleets.map((fleet) => [fleet.gpu.name, fleetEntry(fleet.plan)])),
    unknownFlags,
    notes,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function fleetEntry(plan: PlanReport["plan"] | null) {
  if (plan === null) return null;
  const { tensorParallel, pipelineParallel } = plan.settings;
  return { count: tensorParallel * pipelineParallel, tensorParallel, pipelineParallel };
}

function rounded({ bytes, low, high, driver }: Estimate) {
  return { bytes: Math.round(bytes), low: Math.round(low), high: Math.round(high), driver };
}
