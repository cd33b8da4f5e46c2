import type { Nanoseconds } from "../core/time.ts";
import type { Slots, Tokens } from "../request.ts";
import type { GpuSpec, ModelSpec } from "./catalog/specs.ts";
import type { PreemptionConfig, SchedulerConfig } from "./scheduler-config.ts";

/** A config with every default written out and every quantity in its base unit: what a run needs, and nothing else. */
export interface Config {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly model: ModelSpec | null;
  readonly gpu: GpuSpec | null;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly maxModelLen: Tokens;
  readonly pool: PoolConfig;
  readonly workload: WorkloadConfig;
  readonly measure: MeasureConfig;
  readonly setups: readonly SetupConfig[];
}

/** GPU memory left for KV, the same for every allocator; a slot holds one token in all layers. */
export interface PoolConfig {
  readonly slots: Slots;
  /** KV bytes of one token over all GPUs of the replica; null when no model is given. */
  readonly bytesPerToken: number | null;
  /** How the pool came about, where it was planned from model and GPU. */
  readonly planned?: PlannedPool;
}

/** What is left of a GPU for KV, in bytes of one GPU, and the slots that it makes with their range. */
export interface PlannedPool {
  readonly engine: string;
  /** Part of the GPU that may be used. */
  readonly utilization: number;
  readonly totalBytes: number;
  readonly budgetBytes: number;
  readonly weightsBytes: number;
  readonly activationsBytes: number;
  /** What CUDA graphs take of the budget: 0 where they come on top of it. */
  readonly cudaGraphsBytes: number;
  readonly otherBytes: number;
  readonly kvPoolBytes: number;
  readonly blocks: number;
  readonly blockSize: number;
  readonly slotsLow: Slots;
  readonly slotsHigh: Slots;
}

/** One row of the comparison: an allocator with its scheduler, preemption and step-time model. */
export interface SetupConfig {
  readonly label: string;
  readonly strategy: string;
  /** The strategy's own options, as its definition validated them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly scheduler: SchedulerConfig;
  readonly preemption: PreemptionConfig;
  readonly latency: LatencyConfig;
}

/** What prices an iteration: measured coefficients, or the limits of the hardware. */
export type LatencyConfig = LinearLatencyConfig | RooflineLatencyConfig;

/** Milliseconds as real numbers. */
export interface LinearCoefficients {
  /** base + perToken·Σlen + perTokenSquared·Σlen². */
  readonly prefill: {
    readonly base: number;
    readonly perToken: number;
    readonly perTokenSquared: number;
  };
  /** base + perContextToken·Σcontext + perSequence·batch; the entry with the largest `fromBatch` ≤ batch counts. */
  readonly decode: readonly {
    readonly fromBatch: number;
    readonly base: number;
    readonly perContextToken: number;
    readonly perSequence: number;
  }[];
}

/** Step times linear in an iteration's work; `preset` names the catalogue's fit, null without. */
export interface LinearLatencyConfig {
  readonly model: "linear";
  readonly preset: string | null;
  readonly coefficients: LinearCoefficients;
  readonly transfers: TransferConfig;
}

/**
 * An iteration lasts as long as its arithmetic or its memory reads, whichever is longer (Williams
 * et al., CACM 2009).
 */
export interface RooflineLatencyConfig {
  readonly model: "roofline";
  /** Parts of the peak arithmetic rate that prefill and decode reach, in (0, 1]. */
  readonly prefillEfficiency: number;
  readonly decodeEfficiency: number;
  /** Arithmetic of one token, without attention: 2 × active parameters. */
  readonly flopsPerToken: number;
  /** Arithmetic of one token's attention to one token: 4 × layers × query heads × head size. */
  readonly flopsPerTokenPair: number;
  readonly weightBytes: number;
  /** Of the weights, those of routed experts; and the part of the experts that a token uses. 0 and 1 without experts. */
  readonly expertBytes: number;
  readonly expertShare: number;
  readonly bytesPerToken: number;
  /** Of all GPUs of a pipeline stage, and how many stages take turns. */
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly stages: number;
  readonly transfers: TransferConfig;
}

/** What moving KV costs. */
export interface TransferConfig {
  readonly bytesPerToken: number;
  /** GPU memory bandwidth, for copies inside the GPU (read and written); null leaves copies unpriced. */
  readonly gpuBytesPerSecond: number | null;
  readonly pcieBytesPerSecond: number;
  /** Launch cost of one PCIe copy. */
  readonly secondsPerCopy: number;
  /** Separate copies a block is moved in: 2 × layers where K and V of each layer lie apart (Kwon et al., §6/Fig 19). */
  readonly copiesPerBlock: number;
}

/** The window that averages are over; `last-arrival` and `end` become times only in the run. */
export interface MeasureConfig {
  readonly fromNs: Nanoseconds;
  readonly until: Nanoseconds | "last-arrival" | "end";
  /** Bounds a request must meet to count as goodput; null without any. */
  readonly slo: { readonly ttftSeconds: number | null; readonly tpotSeconds: number | null } | null;
}

/** The requests of a run: drawn from laws, read from a trace, or a mixture of the two. */
export interface WorkloadConfig {
  /** Most requests; null when only the duration (or the trace) limits. */
  readonly requests: number | null;
  readonly durationNs: Nanoseconds | null;
  /** Null when the trace carries arrival times. */
  readonly arrivals: ArrivalsConfig | null;
  /** Null when the trace carries lengths. */
  readonly lengths: LengthsConfig | null;
  /** Sequences per request, ≥ 1; a trace column `n` wins. */
  readonly n: number;
  /** Null when every request says something else; always so for a trace, which knows what its prompts say. */
  readonly prefix: PrefixConfig | null;
  readonly trace: TraceConfig | null;
}

/** When requests come; `rate` is the mean in requests per simulated second, > 0. */
export type ArrivalsConfig =
  | { readonly process: "poisson"; readonly rate: number }
  /** Gamma-distributed gaps with coefficient of variation `cv` > 0. */
  | { readonly process: "gamma"; readonly rate: number; readonly cv: number }
  | { readonly process: "deterministic"; readonly rate: number }
  /** Poisson at `burst`·rate during exponential on-times of mean `onSeconds`, silent between; mean rate `rate`. */
  | {
      readonly process: "bursty";
      readonly rate: number;
      readonly burst: number;
      readonly onSeconds: number;
    }
  /** `users` who each wait an exponential think time (mean ≥ 0), send one request and wait for its end. */
  | { readonly process: "closed"; readonly users: number; readonly thinkSeconds: number };

/** Prompt and output lengths: correlated as in a data set, or drawn from two independent laws. */
export type LengthsConfig = (
  | { readonly kind: "dataset"; readonly dataset: string }
  | { readonly kind: "independent"; readonly prompt: LengthConfig; readonly output: LengthConfig }
) & {
  /** Set where all outputs of a request are as long as its first; else each has a length of its own. */
  readonly equalOutputs?: true;
};

/** What the prompts of drawn requests have in common (docs/model.md, Prompts that share content). */
export interface PrefixConfig {
  /** Length of the system prompt in front of every drawn prompt; 0 without one. */
  readonly sharedTokens: Tokens;
  /** Different system prompts, ≥ 1. */
  readonly pool: number;
  /** The i-th system prompt, i = 1 … pool, has weight 1 / i^zipf; ≥ 0. */
  readonly zipf: number;
  /** Null when no request goes on from another. */
  readonly conversations: ConversationsConfig | null;
}

/** Requests that each go on from the answer to the one before; arrivals are those of the first ones. */
export interface ConversationsConfig {
  /** Requests of a conversation, ≥ 1. */
  readonly turns: LengthConfig;
  /** Mean of the exponential time between an answer and the next request, ≥ 0. */
  readonly thinkSeconds: number;
}

/** Tokens, or turns; `min` and `max` cut the law by sampling again outside them. */
export interface LengthConfig {
  readonly law:
    | { readonly kind: "constant"; readonly value: Tokens }
    | { readonly kind: "uniform"; readonly low: Tokens; readonly high: Tokens }
    | { readonly kind: "lognormal"; readonly mean: number; readonly sigma: number }
    | { readonly kind: "quantiles"; readonly knots: readonly (readonly [number, number])[] };
  readonly min: Tokens | null;
  readonly max: Tokens | null;
}

/** Publisher of a trace, who decides names and units of its fields; `generic` is kvsim's own. */
export type TraceFormat = "azure" | "mooncake" | "sharegpt" | "generic";

/** A recorded workload; what the file lacks (times, lengths) the rest of the workload draws. */
export interface TraceConfig {
  /** Absolute path, for reading; the result shows base name and SHA-256 only. */
  readonly path: string;
  readonly format: TraceFormat;
  /** Gaps between arrivals are multiplied by it, > 0. */
  readonly timeScale: number;
}
