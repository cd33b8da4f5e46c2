import { DOUBLE } from "../core/double.ts";
import { Clock, type ExactTime, type StepSeries } from "../core/time.ts";
import type { Tokens } from "../request.ts";

/** What one iteration does; a series of decode-only iterations is described by its first. */
export interface Work {
  /** Prompt tokens computed (and tokens recomputed after a preemption). */
  readonly prefillTokens: Tokens;
  /** Σ over prefilled sequences of (context after)² − (context before)²: the attention's part. */
  readonly prefillSquares: number;
  /** Sequences that write one token each. */
  readonly decodeSequences: number;
  /** Σ over decoding sequences of the tokens already written, which attention reads. */
  readonly contextTokens: Tokens;
  /** Tokens whose KV is copied inside the GPU before the iteration (copy-on-write, contiguous fork). */
  readonly copiedTokens: Tokens;
  /** Blocks moved over PCIe, both directions together, and the slots in them. */
  readonly swappedBlocks: number;
  readonly swappedTokens: Tokens;
}

/** Work that is written anew for every batch. */
export class MutableWork implements Work {
  prefillTokens: Tokens = DOUBLE;
  prefillSquares = DOUBLE;
  decodeSequences = DOUBLE;
  contextTokens: Tokens = DOUBLE;
  copiedTokens: Tokens = DOUBLE;
  swappedBlocks = DOUBLE;
  swappedTokens: Tokens = DOUBLE;

  constructor() {
    this.clear();
  }

  /** Nothing is to be done yet. */
  clear(): void {
    this.prefillTokens = 0;
    this.prefillSquares = 0;
    this.decodeSequences = 0;
    this.contextTokens = 0;
    this.copiedTokens = 0;
    this.swappedBlocks = 0;
    this.swappedTokens = 0;
  }
}

/** How long a series of iterations lasts. */
export interface Price extends StepSeries {
  /** Iterations for which the series holds, ≥ 1, the batch staying the same; then ask again. */
  readonly steps: number;
  /** The part of the first iteration that PCIe transfers take. */
  readonly transfer: ExactTime;
}

/** Prices work: the same work has the same price. What `price` returns is good until it is called again. */
export interface LatencyModel {
  price(work: Work): Price;
}

/** What steps of ever longer contexts take: `base`, and so much for each token that is read and for each sequence that writes one. */
export interface DecodeCosts {
  readonly base: ExactTime;
  readonly perContextToken: ExactTime;
  readonly perSequence: ExactTime;
}

/** A price that is written anew for every batch. */
export class MutablePrice implements Price {
  readonly first = new Clock();
  readonly growth = new Clock();
  steps = 1;
  readonly transfer = new Clock();

  setDecode(costs: DecodeCosts, { contextTokens, decodeSequences }: Work): void {
    const { base, perContextToken, perSequence } = costs;
    const { first, growth } = this;
    first.setMultiples(base, perContextToken, contextTokens, perSequence, decodeSequences);
    growth.setMultiple(perContextToken, decodeSequences);
  }
}
