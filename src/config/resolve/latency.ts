import { gpus, latencyPresets } from "../catalog/index.ts";
import type { GpuSpec, ModelSpec } from "../catalog/specs.ts";
import type { LatencyConfig, LinearCoefficients, TransferConfig } from "../config.ts";
import { ConfigProblem } from "../problem.ts";
import type { RawLatency, RawPreemption } from "../schema/engine.ts";
import type { RawConfig } from "../schema/index.ts";

/** The GPU of a roofline that names none. */
const DEFAULT_GPU = "a100-80gb";

/** The replica that step times and transfers depend on. */
export interface Replica {
  readonly model: ModelSpec | null;
  readonly gpu: GpuSpec | null;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly bytesPerToken: number | null;
}

/** Defaults of what moving KV over PCIe 4 ×16 costs. */
const PCIE_BYTES_PER_SECOND = 25e9;
const COPY_LAUNCH_SECONDS = 5e-6;

const DEFAULT_PREFILL_EFFICIENCY = 0.45;
const DEFAULT_DECODE_EFFICIENCY = 0.3;

/** The config's GPU; without one {@link DEFAULT_GPU} if a roofline of a model needs it, or null. */
export function resolveGpu(raw: RawConfig): GpuSpec | null {
  if (raw.gpu === undefined) {
    const roofline = raw.latency === undefined || raw.latency.model === "roofline";
    return roofline && raw.model !== undefined ? gpus[DEFAULT_GPU]! : null;
  }
  if (typeof raw.gpu === "string") return gpus[raw.gpu]!;
  return { ...raw.gpu, source: "the config" };
}

/** The step-time model of one setup; `preemption` says what its transfers cost. */
export function resolveLatency(
  raw: RawLatency | undefined,
  preemption: RawPreemption,
  replica: Replica,
): LatencyConfig {
  const transfers = transferConfig(preemption, replica);
  if (raw?.model === "linear") {
    const preset = raw.preset ?? null;
    return { model: "linear", preset, coefficients: coefficients(raw), transfers };
  }
  return rooflineConfig(raw, replica, transfers);
}

function coefficients(raw: RawLatency): LinearCoefficients {
  if (raw.preset !== undefined) return latencyPresets[raw.preset]!.coefficients;
  return { prefill: raw.prefill!, decode: raw.decode! };
}

function rooflineConfig(
  raw: RawLatency | undefined,
  replica: Replica,
  transfers: TransferConfig,
): LatencyConfig {
  const { model, gpu, bytesPerToken } = replica;
  if (model === null || gpu === null || bytesPerToken === null) {
    const what = raw === undefined ? "expected step times" : "the roofline needs a model";
    throw new ConfigProblem(["latency"], `${what}: give model (and gpu), or latency.model: linear`);
  }
  const count = replica.tensorParallel;
  const { experts, weightBytesPerParameter } = model;
  return {
    model: "roofline",
    prefillEfficiency: raw?.prefillEfficiency ?? DEFAULT_PREFILL_EFFICIENCY,
    decodeEfficiency: raw?.decodeEfficiency ?? DEFAULT_DECODE_EFFICIENCY,
    flopsPerToken: 2 * model.activeParameters,
    flopsPerTokenPair: 4 * model.layers * model.heads * model.headDim,
    weightBytes: model.parameters * weightBytesPerParameter,
    expertBytes: (experts?.parameters ?? 0) * weightBytesPerParameter,
    expertShare: experts?.share ?? 1,
    bytesPerToken,
    flopsPerSecond: gpu.tflops * 1e12 * count,
    bytesPerSecond: gpu.bandwidthGBps * 1e9 * count,
    stages: replica.pipelineParallel,
    transfers,
  };
}

/** Every GPU of the replica moves its own part of a block over its own link, all at the same time. */
function transferConfig(preemption: RawPreemption, replica: Replica): TransferConfig {
  const { model, gpu, tensorParallel, pipelineParallel } = replica;
  const count = tensorParallel * pipelineParallel;
  const tensorsPerLayer = model?.latentElements == null ? 2 : 1;
  return {
    bytesPerToken: replica.bytesPerToken ?? 0,
    gpuBytesPerSecond: gpu === null ? null : gpu.bandwidthGBps * 1e9 * count,
    pcieBytesPerSecond: (preemption.pcie ?? PCIE_BYTES_PER_SECOND) * count,
    secondsPerCopy: preemption.copyLaunch ?? COPY_LAUNCH_SECONDS,
    copiesPerBlock: tensorsPerLayer * Math.ceil((model?.layers ?? 0) / pipelineParallel),
  };
}
