import { Clock, type ExactTime, type StepSeries } from "../core/time.ts";
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

/** Work of nothing. */
export function noWork(): Work {
  return {
    prefillTokens: 0,
    prefillSquares: 0,
    decodeSequences: 0,
    contextTokens: 0,
    copiedTokens: 0,
    swappedBlocks: 0,
    swappedTokens: 0,
  };
}

/** How long a series of iterations lasts. */
export interface Price {
  readonly series: StepSeries;
  /** Iterations for which the series holds, ≥ 1, the batch staying the same; then ask again. */
  readonly steps: number;
  /** The part of the first iteration that PCIe transfers take. */
  readonly transfer: ExactTime;
}

/** Prices work: the same work has the same price. What `price` returns is good until it is called again. */
export interface LatencyModel {
  price(work: Work): Price;
}

/** A price that is written anew for every batch. */
export class MutablePrice implements Price {
  readonly series = { first: new Clock(), growth: new Clock() };
  steps = 1;
  readonly transfer = new Clock();

  /** Nothing costs anything yet. */
  reset(steps: number): void {
    this.steps = steps;
    this.series.first.setNs(0);
    this.series.growth.setNs(0);
    this.transfer.setNs(0);
  }
}
