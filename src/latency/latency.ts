import type { ExactTime, StepSeries } from "../core/time.ts";
import type { Tokens } from "../request.ts";

/** What one iteration does; a series of decode-only iterations is described by its first. */
export interface Work {
  /** Prompt tokens computed (and tokens recomputed after a preemption). */
  prefillTokens: Tokens;
  /** Σ over prefilled sequences of (context after)² − (context before)²: the attention's part. */
  prefillSquares: number;
  /** Sequences that write one token each. */
  decodeSequences: number;
  /** Σ over decoding sequences of the tokens already written, which attention reads. */
  contextTokens: Tokens;
  /** Tokens whose KV is copied inside the GPU before the iteration (copy-on-write, contiguous fork). */
  copiedTokens: Tokens;
  /** Blocks moved over PCIe, both directions together, and the slots in them. */
  swappedBlocks: number;
  swappedTokens: Tokens;
}

/** How long a series of iterations lasts. */
export interface Price {
  readonly series: StepSeries;
  /** Iterations for which the series holds, ≥ 1, the batch staying the same; then ask again. */
  readonly steps: number;
  /** The part of the first iteration that PCIe transfers take. */
  readonly transfer: ExactTime;
}

/** Prices work. Pure: the same work has the same price. */
export interface LatencyModel {
  price(work: Work): Price;
}
