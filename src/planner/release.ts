/** How vLLM measured what is left for the KV cache; each is a declared variant of the plan. */
export type Profiler =
  /** Before v0.2.5: the most that PyTorch had allocated. */
  | "allocated"
  /** v0.2.5 to v0.6.3: all memory gone from the GPU, the allocator's unused reserve included. */
  | "reserved"
  /** v0.6.4 to v0.6.6, and V1 up to v0.9.1: PyTorch's peak, and everything outside PyTorch, the CUDA context included. */
  | "peak-and-context"
  /** Since v0.7.0 (V1: v0.9.2): PyTorch's peak, and what grew outside it since the engine started. */
  | "increase";

/** The rules of one vLLM release that decide its KV cache. */
export interface Release {
  readonly engine: "vllm-v0" | "vllm-v1";
  /** `major · 10,000 + minor · 100 + patch`. */
  readonly version: number;
  readonly profiler: Profiler;
  /** Default of `gpu_memory_utilization`. */
  readonly utilization: number;
  /** Whether sliding-window layers keep only their window (V1's hybrid cache manager), or every token like the others. */
  readonly hybrid: boolean;
  /** Whether CUDA graphs are taken from the budget, or come on top of it. */
  readonly graphsInBudget: boolean;
  /** Bytes that sampling holds for each logit of the profiled batch. */
  readonly bytesPerLogit: number;
  /** Latent vectors are padded to a multiple of this many bytes. */
  readonly latentAlignment: number;
}

/** V0's last release with a V0 engine by default, and V1 as of 2026-05. */
const LATEST = { "vllm-v0": version(0, 7, 3), "vllm-v1": version(0, 21, 0) };
const FIRST_V1_DEFAULT = version(0, 8, 0);

/**
 * The PyTorch sampler: 16-bit logits, their 32-bit copy, and the values, indices and scratch of a sort (top-k, top-p).
 * Fitted: 0.94 to 1.40 GiB for 256 × vocabulary logits in start-up logs of Llama-3-8B (v0.6.5), Llama-3.2-3B,
 * Qwen2.5-Math-1.5B and DeepSeek-Coder-V2-Lite (v0.7 to v0.8), Qwen3-235B (v0.10.2) and Qwen3-8B (2026-02).
 */
const SORTING_BYTES_PER_LOGIT = 38.5;

/**
 * Samplers of 2026 that do not sort it all. Fitted: Qwen3-4B (0.80 GiB for 256 × 151,936 logits: 22 bytes) and
 * Qwen2.5-0.5B (1.06 GiB: 29 bytes).
 */
const LATER_BYTES_PER_LOGIT = 25;

/** A release as a number that orders releases. */
export function version(major: number, minor: number, patch: number): number {
  return major * 10_000 + minor * 100 + patch;
}

/** The engine of a release when none is named. */
export function defaultEngine(release: number): Release["engine"] {
  return release < FIRST_V1_DEFAULT ? "vllm-v0" : "vllm-v1";
}

/** The rules of an engine at a version (the engine's latest when null). */
export function releaseOf(engine: Release["engine"], release: number | null): Release {
  const at = release ?? LATEST[engine];
  const isV1 = engine === "vllm-v1";
  return {
    engine,
    version: at,
    profiler: profilerOf(engine, at),
    utilization: isV1 && at >= version(0, 20, 0) ? 0.92 : 0.9,
    hybrid: isV1 && at >= version(0, 9, 2),
    graphsInBudget: isV1 && at >= version(0, 20, 0),
    bytesPerLogit:
      isV1 && at >= version(0, 17, 0) ? LATER_BYTES_PER_LOGIT : SORTING_BYTES_PER_LOGIT,
    // DeepSeek-Coder-V2-Lite on v0.7.2: 59.75 GiB made 116,023 blocks, which is 1,280 bytes a token and layer, not 1,152.
    latentAlignment: !isV1 && at >= version(0, 7, 2) ? 256 : 1,
  };
}

function profilerOf(engine: Release["engine"], at: number): Profiler {
  if (at < version(0, 2, 5)) return "allocated";
  if (at < version(0, 6, 4)) return "reserved";
  const firstIncrease = engine === "vllm-v1" ? version(0, 9, 2) : version(0, 7, 0);
  return at < firstIncrease ? "peak-and-context" : "increase";
}
