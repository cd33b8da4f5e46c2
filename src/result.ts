/** The result document: `result.json` and `--json`. Every type here is part of the contract. */
export const RESULT_SCHEMA = "kvsim.result/1";

/** All runs of one config; the same config, seeds and version give the same bytes everywhere. */
export interface ResultDocument {
  readonly schema: typeof RESULT_SCHEMA;
  /** Version of kvsim that made it. */
  readonly kvsim: string;
  readonly name: string;
  /** The resolved config, every default written out; files appear as base name + SHA-256. */
  readonly config: unknown;
  readonly runs: readonly RunResult[];
}

/** One allocator with one seed. A metric that the run has no data for is null, never 0. */
export interface RunResult {
  /** Label, strategy and all options of the allocator, its scheduler and preemption. */
  readonly allocator: { readonly label: string; readonly strategy: string } & Readonly<
    Record<string, unknown>
  >;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly requests: RequestCounts;
  readonly memory: MemoryResult;
  readonly concurrency: ConcurrencyResult;
  readonly latency: LatencyResult;
  readonly throughput: ThroughputResult;
  readonly preemption: PreemptionResult;
  readonly sharing: SharingResult;
  readonly simulated: {
    readonly seconds: number;
    readonly iterations: number;
    readonly decisions: number;
  };
  readonly timeline: Timeline;
  /** Digest of the fact stream: kinds, ids, times, block ids. */
  readonly fingerprint: string;
}

/**
 * `stalled`: somebody waits and nothing can ever progress; `aborted`: swap space ran out;
 * `rejected-all`: requests came and none could be admitted. Only `completed` is a success.
 */
export type VerdictStatus = "completed" | "stalled" | "aborted" | "rejected-all";

/** How the run ended and what a user should know before trusting its figures. */
export interface Verdict {
  readonly status: VerdictStatus;
  /** One sentence for a person. */
  readonly explanation: string;
  readonly findings: readonly Finding[];
}

/** Something a user should know. Null where it does not apply. */
export interface Finding {
  /**
   * `rejected` `failed` `aborted` `waiting-room-full` `overloaded` `output-capped` `empty-window` `short-window` `uncovered-combination` (a mix of parts that no
   * recording of a real engine covers); and vLLM's own `thrash` `swap-starvation` `over-admission` `hit-rate-inflation`.
   */
  readonly code: string;
  /** The first request it happened to. */
  readonly request: number | null;
  /** Slots needed, and there. */
  readonly need: number | null;
  readonly have: number | null;
  /** Config path of the setting that would help. */
  readonly setting: string | null;
  readonly text: string;
}

/** arrived = finished + rejected + failed + unfinished. */
export interface RequestCounts {
  readonly arrived: number;
  readonly admitted: number;
  readonly finished: number;
  readonly rejected: number;
  readonly failed: number;
  readonly unfinished: number;
}

/** Parts of the pool, averaged over the window; they add up to 1. */
export interface PoolShares {
  readonly tokenStates: number;
  readonly reserved: number;
  readonly internal: number;
  readonly rounding: number;
  readonly external: number;
  readonly remainder: number;
  readonly idle: number;
}

/**
 * Where the pool's slots were: means over the window, the peak over the whole run.
 * `wastePercent` = 100 · (1 − idle − tokenStates) / (1 − idle), null when all was idle.
 */
export interface MemoryResult {
  readonly slots: number;
  readonly blockSize: number | null;
  readonly bytesPerToken: number | null;
  /** Null when the window is empty. */
  readonly share: PoolShares | null;
  /** Cached, unreferenced prefix blocks, a part of the free slots; null without a prefix cache. */
  readonly cachedShare: number | null;
  readonly wastePercent: number | null;
  readonly utilizationPercent: number | null;
  readonly usedSharePeak: number;
  readonly largestHoleShareMean: number | null;
}

/**
 * Numbers of requests (`sequencesMean`: of sequences). Means are over time in the window, null
 * when it is empty; the peak is of the whole run. Swapped and preempted requests are not running.
 */
export interface ConcurrencyResult {
  readonly runningMean: number | null;
  readonly runningPeak: number;
  readonly sequencesMean: number | null;
  readonly waitingMean: number | null;
  readonly swappedMean: number | null;
}

/** Seconds. Null when no request gave a value. */
export interface Distribution {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * Of finished requests that arrived in the window. `tpot` and `normalized` are per output token,
 * `preempted` is the time spent preempted; docs/model.md defines each.
 */
export interface LatencyResult {
  readonly ttft: Distribution;
  readonly tpot: Distribution;
  readonly endToEnd: Distribution;
  readonly normalized: Distribution;
  readonly queueing: Distribution;
  readonly preempted: Distribution;
}

/** Per second of the window; null when the window is empty. */
export interface ThroughputResult {
  readonly requestsPerSecond: number | null;
  readonly outputTokensPerSecond: number | null;
  /** Requests that met `measure.slo`; null without one. */
  readonly goodputRequestsPerSecond: number | null;
}

/**
 * Counts over the whole run; the percentage is of admitted requests, null without any.
 * `transferSeconds` is the time that iterations were longer for blocks moved over PCIe.
 */
export interface PreemptionResult {
  readonly count: number;
  readonly requestsPreempted: number;
  readonly requestsPreemptedPercent: number | null;
  readonly recomputedTokens: number;
  readonly swappedOutBlocks: number;
  readonly swappedInBlocks: number;
  readonly transferSeconds: number;
}

/** What sharing blocks saved. The prefix and eviction figures are null without a prefix cache. */
export interface SharingResult {
  readonly copyOnWriteCopies: number;
  /** 100 · (blocks saved by sharing) / (blocks without sharing), over the window; null when nothing was held. */
  readonly blocksSavedPercent: number | null;
  readonly prefixLookupTokens: number | null;
  readonly prefixHitTokens: number | null;
  readonly prefixHitRate: number | null;
  readonly prefixHitRatePerRequest: number | null;
  readonly evictedBlocks: number | null;
}

/** Time averages over equal bins from time 0; shares are parts of the pool, the rest are counts. */
export interface Timeline {
  readonly binSeconds: number;
  readonly running: readonly number[];
  readonly waiting: readonly number[];
  readonly swapped: readonly number[];
  readonly tokenStates: readonly number[];
  readonly reserved: readonly number[];
  readonly internal: readonly number[];
  readonly rounding: readonly number[];
  readonly external: readonly number[];
  readonly remainder: readonly number[];
  readonly idle: readonly number[];
}
