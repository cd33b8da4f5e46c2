import { findGpu } from "../../src/config/catalog/find-gpu.ts";
import { findModel } from "../../src/config/catalog/find-model.ts";
import { architectures } from "../../src/config/catalog/index.ts";
import { quantizationInName } from "../../src/config/catalog/quantization-in-name.ts";
import type { GpuSpec } from "../../src/config/catalog/specs.ts";
import { quantizationNamed } from "../../src/config/hugging-face/quantization.ts";
import { type MemoryPlan, planMemory } from "../../src/planner/plan.ts";
import { defaultEngine, type Release, releaseOf, version } from "../../src/planner/release.ts";
import { planSettings } from "../../src/planner/settings.ts";
import { parseVllmCommand, readCount } from "../../src/planner/vllm-command.ts";

/** One start-up log of a real vLLM run, as collected: null = not in the log. */
export interface LoggedRun {
  readonly source?: string;
  readonly model: string;
  readonly gpu: string;
  readonly tp: number | null;
  readonly pp?: number | null;
  readonly dtype: string | null;
  readonly quantization: string | null;
  readonly kv_cache_dtype: string | null;
  readonly block_size: number | null;
  readonly gpu_memory_utilization: number | null;
  readonly max_model_len: number | null;
  readonly vllm_version: string | null;
  readonly gpu_blocks: number | null;
  readonly kv_tokens: number | null;
  readonly cpu_blocks: number | null;
  readonly total_gpu_gib: number | null;
  readonly weights_gib: number | null;
  readonly kv_geometry?: string | null;
  readonly kv_bytes_per_token_per_gpu: number | null;
  readonly grade?: string | null;
  readonly notes?: string | null;
}

/** Plans what a log is of from its inputs: model, GPU, version and the flags that its notes quote. */
export function planLoggedRun(run: LoggedRun): MemoryPlan | { readonly unknown: string } {
  const name = findModel(run.model);
  if (name === null) return { unknown: `unknown model ${run.model}` };
  const gpu = gpuOf(run);
  if (gpu === null) return { unknown: `unknown GPU ${run.gpu}` };
  // Notes are prose: a flag may end a sentence.
  const { flags } = parseVllmCommand((run.notes ?? "").replace(/[.,;]+(?=\s|$)/g, ""));
  const count = (flag: string) => readCount(flags[flag] ?? "") ?? undefined;
  const swapGib = count("swap-space");
  const settings = planSettings(architectures[name]!, gpu, releaseOfRun(run), {
    tensorParallel: run.tp ?? 1,
    pipelineParallel: run.pp ?? 1,
    weightFormat: weightFormat(run.dtype),
    quantization:
      quantizationNamed(run.quantization ?? "") ?? quantizationInName(run.model) ?? undefined,
    kvBytesPerElement: run.kv_cache_dtype?.startsWith("fp8") ? 1 : 2,
    maxModelLen: run.max_model_len ?? undefined,
    maxSequences: count("max-num-seqs"),
    maxBatchedTokens: count("max-num-batched-tokens"),
    utilization: run.gpu_memory_utilization ?? undefined,
    blockSize: run.block_size ?? undefined,
    draftLayers: /\b(EAGLE3?|MTP)\b/i.test(run.model) ? 1 : 0,
    enforceEager: "enforce-eager" in flags,
    swapBytes: swapGib === undefined ? undefined : swapGib * 2 ** 30,
  });
  return planMemory(settings);
}

function weightFormat(dtype: string | null) {
  return dtype === "float16" || dtype === "bfloat16" || dtype === "float32" ? dtype : undefined;
}

/** The catalogue's GPU, with the memory that the log prints, if it does. */
function gpuOf(run: LoggedRun): GpuSpec | null {
  const found = findGpu(run.gpu);
  const printed = run.total_gpu_gib;
  if (printed === null || printed === undefined) return found;
  const nameless = { name: "logged", bandwidthGBps: 0, tflops: 0, source: "the log" };
  return { ...(found ?? nameless), memoryGiB: printed };
}

/** Months from 2023-01 at which vLLM's minor releases came out: 0.1 in June 2023, then as listed. */
const RELEASE_MONTHS: readonly (readonly [number, number])[] = [
  [6, version(0, 1, 0)],
  [9, version(0, 2, 0)],
  [13, version(0, 3, 0)],
  [15, version(0, 4, 0)],
  [17, version(0, 5, 0)],
  [21, version(0, 6, 0)],
  [25, version(0, 7, 0)],
  [27, version(0, 8, 0)],
  [29, version(0, 9, 0)],
  [31, version(0, 10, 0)],
  [34, version(0, 11, 0)],
  [36, version(0, 13, 0)],
  [38, version(0, 16, 0)],
  [40, version(0, 19, 0)],
  [41, version(0, 20, 0)],
];

/** The release that a log's free text names: by number, else by date, else the engine's latest. */
export function releaseOfRun(run: LoggedRun): Release {
  const text = run.vllm_version ?? "";
  const [, minor, patch] = /\bv?0\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  const at =
    minor === undefined ? releaseByDate(text) : version(0, Number(minor), Number(patch ?? 0));
  const engine = /\bV1\b/.test(text) ? "vllm-v1" : /\bV0\b/.test(text) ? "vllm-v0" : null;
  return releaseOf(engine ?? (at === null ? "vllm-v1" : defaultEngine(at)), at);
}

/** `2025-09-10`, or `2025-26` for the turn of the year. */
function releaseByDate(text: string): number | null {
  const [, year, month] = /\b20(\d\d)(?:-(\d\d))?/.exec(text) ?? [];
  if (year === undefined) return null;
  const isYear = month === undefined || Number(month) > 12;
  const months = (Number(year) - 23) * 12 + (isYear ? 12 : Number(month));
  return RELEASE_MONTHS.findLast(([from]) => from <= months)?.[1] ?? null;
}
