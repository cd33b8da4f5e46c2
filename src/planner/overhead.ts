import { between, type Estimate, GIB, known, MIB } from "./estimate.ts";
import { version } from "./release.ts";
import { FORMAT_BYTES, type PlanSettings } from "./settings.ts";
import { stageLayers } from "./stage.ts";

/** Libraries that load during the profiling run; logs of one GPU since v0.7: 0.01 to 0.28 GiB, most 0.07 to 0.09. */
const LIBRARIES = [0.01 * GIB, 0.08 * GIB, 0.28 * GIB] as const;
/** The CUDA context besides; v0.6.4 to v0.6.6 print 0.26 to 0.36 GiB for both. */
const CONTEXT = [0.15 * GIB, 0.22 * GIB, 0.5 * GIB] as const;
/** NCCL's buffers on each of several GPUs: logs of v0.6.6 to v0.11 show 0.09 to 0.6 GiB in all. */
const COMMUNICATION = [0, 0.2 * GIB, 0.5 * GIB] as const;
/**
 * What PyTorch's allocator keeps without using it. Fitted: OPT-125m, Llama-3-8B and Llama-2-7B-GPTQ at v0.4.1 and
 * Llama-2-7B at v0.2.5 have 0.05 to 0.5 GiB less than their peak leaves.
 */
const RESERVE = [0.1 * GIB, 0.3 * GIB, 0.7 * GIB] as const;

/** Memory outside PyTorch's peak that vLLM takes off the budget, by how the release measures. */
export function overhead(settings: PlanSettings): Estimate {
  const { profiler, version: at } = settings.release;
  if (profiler === "allocated") return known(0);
  const parts: (readonly [number, number, number])[] = [LIBRARIES];
  const drivers = ["libraries"];
  const context = profiler === "peak-and-context" || at < version(0, 3, 1);
  if (context) parts.push(CONTEXT);
  if (profiler === "reserved") parts.push(RESERVE);
  if (settings.tensorParallel > 1) parts.push(COMMUNICATION);
  if (context) drivers.push("CUDA context");
  if (profiler === "reserved") drivers.push("the allocator's reserve");
  if (settings.tensorParallel > 1) drivers.push("NCCL buffers");
  const add = (index: 0 | 1 | 2) => parts.reduce((sum, part) => sum + part[index], 0);
  const held = heldByAllReduce(settings);
  const driver = drivers.join(", ");
  return between(add(0), add(1) + held, add(2) + 2 * held, driver);
}

/**
 * Before v0.4.0 the allocator did not reuse what NCCL still read, so each all-reduce of the profiling run (two a layer)
 * kept its tensor. That release took 10,750 blocks (13.1 GiB) from Llama-2-70B on four GPUs; this gives 10 GiB.
 */
function heldByAllReduce(settings: PlanSettings): number {
  const { release, tensorParallel, maxBatchedTokens, architecture, weightFormat } = settings;
  if (tensorParallel === 1 || release.version >= version(0, 4, 0)) return 0;
  const one = maxBatchedTokens * architecture.hidden * FORMAT_BYTES[weightFormat];
  return 2 * stageLayers(settings).length * one;
}

/** Batch sizes that vLLM captures: 1, 2, 4 and multiples of 8, up to 256 (V0) or 512 (V1). */
const MOST_CAPTURED = { "vllm-v0": 256, "vllm-v1": 512 } as const;
/**
 * A captured graph's share of a layer. Fitted: 0.20 GiB for 35 graphs of 28 layers, 0.27 for 35 of 40, 0.52 for 67 of
 * 32: 0.19 to 0.25 MiB; with LoRA, images or older compilers up to five times that.
 */
const GRAPH_BYTES_PER_LAYER = 0.23 * MIB;

/** CUDA graphs of the decode steps. */
export function graphs(settings: PlanSettings): Estimate {
  if (settings.enforceEager) return known(0);
  const most = Math.min(MOST_CAPTURED[settings.release.engine], 2 * settings.maxSequences);
  const captured = Math.min(3, most) + Math.floor(most / 8);
  const bytes = captured * stageLayers(settings).length * GRAPH_BYTES_PER_LAYER;
  return between(0.7 * bytes, bytes, 4 * bytes, "what the compiler puts into a graph");
}
