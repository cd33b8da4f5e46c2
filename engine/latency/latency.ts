import { Clock, StepSeries } from "../core/time";

/** What one iteration does; a series of decode-only iterations is described by its first. */
@final
export class Work {
  prefillTokens: f64 = 0;
  prefillSquares: f64 = 0;
  prefillContext: f64 = 0;
  decodeSequences: f64 = 0;
  contextTokens: f64 = 0;
  copiedTokens: f64 = 0;
  swappedBlocks: f64 = 0;
  swappedTokens: f64 = 0;

  /** Nothing is to be done yet. */
  clear(): void {
    this.prefillTokens = 0;
    this.prefillSquares = 0;
    this.prefillContext = 0;
    this.decodeSequences = 0;
    this.contextTokens = 0;
    this.copiedTokens = 0;
    this.swappedBlocks = 0;
    this.swappedTokens = 0;
  }

  /** Whether it has a part that only its first iteration pays for. */
  @inline
  get happensOnce(): bool {
    return this.prefillTokens > 0 || this.copiedTokens > 0 || this.swappedBlocks > 0;
  }
}

/** How long a series of iterations lasts; written anew for every batch. */
@final
export class Price extends StepSeries {
  /** Iterations for which the series holds, ≥ 1, the batch staying the same; then ask again. */
  steps: i32 = 1;
  /** The part of the first iteration that PCIe transfers take. */
  readonly transfer: Clock = new Clock();

  @inline
  setDecode(costs: DecodeCosts, work: Work): void {
    const base = costs.base;
    const context = costs.perContextToken;
    const perSequence = costs.perSequence;
    const tokens = work.contextTokens;
    const sequences = work.decodeSequences;
    this.first.setCarried(
      base.ns + context.ns * tokens + perSequence.ns * sequences,
      base.ticks + context.ticks * tokens + perSequence.ticks * sequences,
    );
    this.growth.setCarried(context.ns * sequences, context.ticks * sequences);
  }
}

/** What steps of ever longer contexts take: `base`, and so much for each token that is read and for each sequence that writes one. */
@final
export class DecodeCosts {
  readonly base: Clock = new Clock();
  readonly perContextToken: Clock = new Clock();
  readonly perSequence: Clock = new Clock();
}

/** Prices work: the same work has the same price. What `price` returns is good until it is called again. */
export abstract class LatencyModel {
  abstract price(work: Work): Price;
}
