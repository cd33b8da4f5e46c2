import { kvCaches } from "../../allocators/index.ts";
import { type MemoryPlan, planMemory } from "../../planner/plan.ts";
import { releaseOf } from "../../planner/release.ts";
import { longestModelLen } from "../../planner/remedies.ts";
import { type PlanOptions, planSettings } from "../../planner/settings.ts";
import type { Quantization, WeightFormat } from "../catalog/architecture.ts";
import type { PlannedPool, PoolConfig, SetupConfig } from "../config.ts";
import { quantizations } from "../hugging-face/quantization.ts";
import { ConfigProblem } from "../problem.ts";
import type { RawConfig } from "../schema/index.ts";
import type { Replica } from "./latency.ts";
import { limitedSlots } from "./limits.ts";
import type { ResolvedModel } from "./model.ts";

/** What the pool's size follows from. */
interface PoolInput {
  readonly raw: RawConfig;
  readonly model: ResolvedModel | null;
  readonly replica: Replica;
  readonly maxModelLen: number;
  readonly setups: readonly SetupConfig[];
}

/** The KV pool in slots: as written, as much as fits in so many bytes, or planned. Throws {@link ConfigProblem}. */
export function resolvePool(input: PoolInput): PoolConfig {
  const { bytesPerToken } = input.replica;
  const { slots, kvPool } = input.raw.memory;
  if (slots !== undefined) return { slots, bytesPerToken };
  if (kvPool === undefined) return plannedPool(input);
  const path = ["memory", "kvPool"];
  if (bytesPerToken === null)
    throw new ConfigProblem(path, "a pool in bytes needs a model; give model, or memory.slots");
  return { slots: limitedSlots(path, Math.floor(kvPool / bytesPerToken)), bytesPerToken };
}

function plannedPool(input: PoolInput): PoolConfig {
  const path = ["memory", "utilization"];
  const { model, raw, maxModelLen } = input;
  const { gpu, bytesPerToken } = input.replica;
  if (model === null || gpu === null)
    throw new ConfigProblem(path, "a planned pool needs model and gpu; or give memory.kvPool");
  const release = releaseOf(isV1(raw) ? "vllm-v1" : "vllm-v0", null);
  const plan = planMemory(planSettings(model.architecture, gpu, release, planOptions(input)));
  const count = raw.tensorParallel * raw.pipelineParallel;
  if (plan.available.bytes <= 0) {
    const hasRoom = plan.weights.bytes < plan.budgetBytes;
    const text =
      `${model.spec.name} leaves no memory for KV on ${count} × ${gpu.name}; ` +
      `raise tensorParallel${hasRoom ? " or lower maxBatchedTokens" : ""}, or see kvsim plan for what would fit`;
    throw new ConfigProblem(path, text);
  }
  if (plan.pool.problem !== null) {
    const text =
      `${release.engine} would not start: a request of maxModelLen ${maxModelLen} does not fit into the KV that ` +
      `${count} × ${gpu.name} has left; at most maxModelLen ${longestModelLen(plan)} does`;
    throw new ConfigProblem(path, text);
  }
  const slots = limitedSlots(path, plan.pool.blocks * plan.settings.blockSize);
  return { slots, bytesPerToken, planned: plannedDocument(plan) };
}

/** Whether all that runs on the pool is vLLM V1's, which plans it differently. */
function isV1({ allocators }: RawConfig): boolean {
  return allocators.every(({ strategy }) => strategy in kvCaches);
}

/** The pool leaves room for the largest batch of any of the schedulers. */
function planOptions({ raw, model, maxModelLen, setups }: PoolInput): PlanOptions {
  const { tensorParallel, pipelineParallel, memory } = raw;
  return {
    tensorParallel,
    pipelineParallel,
    utilization: memory.utilization,
    maxModelLen,
    maxSequences: Math.max(...setups.map(({ scheduler }) => scheduler.maxRunning)),
    maxBatchedTokens: Math.max(...setups.map(({ scheduler }) => scheduler.maxBatchedTokens)),
    kvBytesPerElement: model!.spec.kvBytesPerElement,
    ...weightOptions(raw.dtype),
  };
}

/** `dtype` as the planner knows it: 16- and 32-bit formats, and quantized weights. */
function weightOptions(dtype: RawConfig["dtype"]): {
  weightFormat?: WeightFormat;
  quantization?: Quantization;
} {
  if (dtype === undefined) return {};
  if (dtype === "fp8" || dtype === "int8") return { quantization: quantizations[dtype]! };
  return dtype === "int4" ? { quantization: quantizations.gptq } : { weightFormat: dtype };
}

/** How the pool came about, in whole bytes of one GPU. */
function plannedDocument(plan: MemoryPlan): PlannedPool {
  const { settings, pool, weights, activations, graphs, overhead, available } = plan;
  return {
    engine: settings.release.engine,
    utilization: settings.utilization,
    totalBytes: plan.totalBytes,
    budgetBytes: plan.budgetBytes,
    weightsBytes: Math.round(weights.bytes),
    activationsBytes: Math.round(activations.bytes),
    cudaGraphsBytes: settings.release.graphsInBudget ? Math.round(graphs.bytes) : 0,
    otherBytes: Math.round(overhead.bytes),
    kvPoolBytes: available.bytes,
    blocks: pool.blocks,
    blockSize: settings.blockSize,
    slotsLow: plan.poolLow.blocks * settings.blockSize,
    slotsHigh: plan.poolHigh.blocks * settings.blockSize,
  };
}
