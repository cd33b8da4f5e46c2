import type { Architecture, Quantization, WeightFormat } from "../config/catalog/architecture.ts";
import type { GpuSpec } from "../config/catalog/specs.ts";
import { type Release, version } from "./release.ts";

/** What a plan is made for; every default written out. */
export interface PlanSettings {
  readonly architecture: Architecture;
  readonly gpu: GpuSpec;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly weightFormat: WeightFormat;
  readonly quantization: Quantization | null;
  readonly kvBytesPerElement: number;
  readonly maxModelLen: number;
  readonly maxSequences: number;
  readonly maxBatchedTokens: number;
  /** Share of the GPU that vLLM may use, in (0, 1]. */
  readonly utilization: number;
  readonly blockSize: number;
  /** Layers of a draft model that shares embeddings and head with the model (EAGLE, MTP). */
  readonly draftLayers: number;
  /** A whole model that drafts for it, on the same GPUs; null without one. */
  readonly draftModel: Architecture | null;
  readonly enforceEager: boolean;
  /** Blocks instead of what the memory gives; null = none. */
  readonly blocksOverride: number | null;
  /** KV memory of a GPU instead of what the budget leaves; null = none. */
  readonly kvCacheBytes: number | null;
  /** CPU memory that a GPU swaps to; only V0 has it. */
  readonly swapBytes: number;
  readonly release: Release;
}

/** What a user may leave out of {@link PlanSettings}. */
export interface PlanOptions {
  readonly tensorParallel?: number | undefined;
  readonly pipelineParallel?: number | undefined;
  readonly weightFormat?: WeightFormat | undefined;
  readonly quantization?: Quantization | undefined;
  readonly kvBytesPerElement?: number | undefined;
  readonly maxModelLen?: number | undefined;
  readonly maxSequences?: number | undefined;
  readonly maxBatchedTokens?: number | undefined;
  readonly utilization?: number | undefined;
  readonly blockSize?: number | undefined;
  readonly draftLayers?: number | undefined;
  readonly draftModel?: Architecture | undefined;
  /** Whether V1 keeps only the windows of sliding layers, and V0 computes prompts in parts; by release where not said. */
  readonly hybrid?: boolean | undefined;
  readonly chunkedPrefill?: boolean | undefined;
  readonly enforceEager?: boolean | undefined;
  readonly blocksOverride?: number | undefined;
  readonly kvCacheBytes?: number | undefined;
  readonly swapBytes?: number | undefined;
}

/** Bytes of an element of each number format. */
export const FORMAT_BYTES = { float32: 4, bfloat16: 2, float16: 2 } as const;

/** vLLM's `block_size`, tokens. */
export const DEFAULT_BLOCK_SIZE = 16;
/** vLLM's `swap_space`. */
const DEFAULT_SWAP_BYTES = 4 * 2 ** 30;

const KIBI = 1024;

/** Writes every default of that vLLM release out. */
export function planSettings(
  architecture: Architecture,
  gpu: GpuSpec,
  release: Release,
  options: PlanOptions,
): PlanSettings {
  const maxModelLen = options.maxModelLen ?? architecture.maxModelLen;
  const limits = defaultLimits(release, gpu, architecture, maxModelLen, options.chunkedPrefill);
  const maxSequences = options.maxSequences ?? limits.sequences;
  const weightFormat = options.weightFormat ?? servedFormat(architecture.weightFormat);
  return {
    architecture,
    gpu,
    tensorParallel: options.tensorParallel ?? 1,
    pipelineParallel: options.pipelineParallel ?? 1,
    weightFormat,
    quantization: options.quantization ?? architecture.quantization,
    // vLLM's `kv_cache_dtype` auto: what the checkpoint says, or the model's format.
    kvBytesPerElement:
      options.kvBytesPerElement ?? architecture.kvBytesPerElement ?? FORMAT_BYTES[weightFormat],
    maxModelLen,
    maxSequences,
    maxBatchedTokens: options.maxBatchedTokens ?? Math.max(limits.batchedTokens, maxSequences),
    utilization: options.utilization ?? release.utilization,
    blockSize: options.blockSize ?? DEFAULT_BLOCK_SIZE,
    draftLayers: options.draftLayers ?? 0,
    draftModel: options.draftModel ?? null,
    enforceEager: options.enforceEager ?? false,
    blocksOverride: options.blocksOverride ?? null,
    kvCacheBytes: options.kvCacheBytes ?? null,
    swapBytes: options.swapBytes ?? DEFAULT_SWAP_BYTES,
    release: { ...release, hybrid: release.hybrid && options.hybrid !== false },
  };
}

function servedFormat(format: WeightFormat): WeightFormat {
  return format === "float32" ? "float16" : format;
}

/** GPUs from here on get larger batches, but for the A100 (vLLM's EngineArgs); more sequences only since v0.8.4. */
const LARGE_GPU_GIB = 70;
const FEW_SEQUENCES = 256;
const LEAST_BATCHED_TOKENS = 2048;
const MORE_SEQUENCES = version(0, 8, 4);

/** The most that an iteration takes: `max_num_seqs` and `max_num_batched_tokens`. */
export interface BatchLimits {
  readonly sequences: number;
  readonly batchedTokens: number;
}

/** What V0 serves with where prompts are not computed in parts: the longest is taken whole. */
export function wholePromptLimits(maxModelLen: number): BatchLimits {
  return { sequences: FEW_SEQUENCES, batchedTokens: Math.max(maxModelLen, LEAST_BATCHED_TOKENS) };
}

/** What V1 serves with on a GPU, as its server sets it; on one that is not known, the smaller limits. */
export function servingLimits(gpu: GpuSpec | null): BatchLimits {
  const isLarge = gpu !== null && gpu.memoryGiB >= LARGE_GPU_GIB && !gpu.name.startsWith("a100");
  return isLarge
    ? { sequences: 1024, batchedTokens: 8192 }
    : { sequences: FEW_SEQUENCES, batchedTokens: 2048 };
}

/**
 * vLLM's `max_num_seqs` and `max_num_batched_tokens`. V1: by hardware, as its server sets them. V0: the whole context
 * at once, or chunks of 2,048 (512 before v0.6.3) where the context is longer than 32 Ki and for latent attention.
 */
function defaultLimits(
  { engine, version: at }: Release,
  gpu: GpuSpec,
  { layers, vision }: Architecture,
  maxModelLen: number,
  chunkedPrefill: boolean | undefined,
): BatchLimits {
  if (engine === "vllm-v1") {
    const limits = servingLimits(gpu);
    if (chunkedPrefill === false)
      return { ...limits, batchedTokens: Math.max(maxModelLen, limits.batchedTokens) };
    return at >= MORE_SEQUENCES ? limits : { ...limits, sequences: FEW_SEQUENCES };
  }
  const chunkable = at >= version(0, 4, 3) && vision === null;
  const isLong = maxModelLen > 32 * KIBI || layers[0]!.cache.kind === "latent";
  if (chunkedPrefill ?? (chunkable && isLong))
    return { sequences: FEW_SEQUENCES, batchedTokens: at < version(0, 6, 3) ? 512 : 2048 };
  return wholePromptLimits(maxModelLen);
}
