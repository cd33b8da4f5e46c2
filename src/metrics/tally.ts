import { Clock } from "../core/time.ts";
import type { Eviction, Iterations } from "../facts.ts";
import type { SequenceGroup, Tokens } from "../request.ts";

/** Counters over the whole run. */
export class Tally {
  arrived = 0;
  admitted = 0;
  finished = 0;
  rejected = 0;
  failed = 0;
  preemptions = 0;
  requestsPreempted = 0;
  recomputedTokens = 0;
  swappedOutBlocks = 0;
  swappedInBlocks = 0;
  copyOnWriteTokens = 0;
  iterations = 0;
  readonly transferTime = new Clock();
  /** Of requests when they were first admitted: their prompts, and what of them a prefix cache had. */
  promptTokens: Tokens = 0;
  promptHitTokens: Tokens = 0;
  /** Preemptions of requests whose prompts had been computed in part only. */
  preemptedInPrefill = 0;

  get unfinished(): number {
    return this.arrived - this.finished - this.rejected - this.failed;
  }

  countAdmitted({ preemptions, promptTokens }: SequenceGroup, cachedTokens: Tokens): void {
    if (preemptions > 0) return;
    this.admitted += 1;
    this.promptTokens += promptTokens;
    this.promptHitTokens += cachedTokens;
  }

  countPreempted(
    { preemptions }: SequenceGroup,
    { swappedBlocks }: Eviction,
    hasEmitted: boolean,
  ): void {
    this.preemptions += 1;
    if (!hasEmitted) this.preemptedInPrefill += 1;
    if (preemptions === 1) this.requestsPreempted += 1;
    this.swappedOutBlocks += swappedBlocks;
  }

  countComputed({ preemptions }: SequenceGroup, tokens: Tokens): void {
    if (preemptions > 0) this.recomputedTokens += tokens;
  }

  countIterations({ steps, batch, price }: Iterations): void {
    this.iterations += steps;
    if (batch.work.swappedBlocks > 0) this.transferTime.add(price.transfer);
  }
}
