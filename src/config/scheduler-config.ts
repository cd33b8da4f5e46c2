import type { Slots, Tokens } from "../request.ts";

/**
 * Who is admitted, and what shares an iteration; docs/model.md gives the rules of each. `orca`: Yu
 * et al., OSDI'22; `prefill-first`: vLLM V0 (v0.2.0); `static`: admits into an empty batch only.
 */
export type RoundPolicy = "orca" | "prefill-first" | "static";

/** The policies that serve whole groups in rounds, and `chunked`: vLLM V1. */
export type SchedulerPolicy = RoundPolicy | "chunked";

/** Who is admitted, and what an iteration may hold. */
export type SchedulerConfig = RoundSchedulerConfig | ChunkedSchedulerConfig;

/** Limits are tested before the allocator is asked, so they hold whatever the pool has free. */
export interface RoundSchedulerConfig {
  readonly policy: RoundPolicy;
  /** Most unfinished sequences admitted at a time, ≥ 1. */
  readonly maxRunning: number;
  /** Most prompt and recomputed tokens in one iteration, ≥ 1; decodes do not count. */
  readonly maxBatchedTokens: Tokens;
  /** Most never-admitted requests left waiting after a scheduling round; null = no limit, 0 = a loss system. */
  readonly maxWaiting: number | null;
}

/** vLLM V1's scheduler (docs/model.md, chunked). */
export interface ChunkedSchedulerConfig {
  readonly policy: "chunked";
  /** Most requests that run at a time, ≥ 1. */
  readonly maxRunning: number;
  /** Most tokens in one iteration, ≥ 1: parts of prompts and decodes together. */
  readonly maxBatchedTokens: Tokens;
  /** As for rounds. */
  readonly maxWaiting: number | null;
  /** Whether a prompt may be computed in parts when an iteration has no room for all of it. */
  readonly chunkedPrefill: boolean;
  /** An iteration computes at most so many tokens of one request; 0 is no limit. */
  readonly longPrefillThreshold: Tokens;
  /** First come first served, or the lowest priority number first. */
  readonly order: "fcfs" | "priority";
  /** Whether a request is admitted only while there is room for all it has to say, not only for the first part. */
  readonly fullSequenceGate: boolean;
}

/**
 * How a running request makes room: its KV is computed again, or moved to the CPU and back. `auto`
 * recomputes a group with one live sequence and swaps one with several.
 */
export interface PreemptionConfig {
  readonly mode: "recompute" | "swap" | "auto";
  /** Size of the CPU pool; 0 without one. */
  readonly swapSlots: Slots;
}
