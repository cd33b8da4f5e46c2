import { Clock } from "../core/time";
import { Group } from "../request";

/** Counters over the whole run. */
@final
export class Tally {
  arrived: f64 = 0;
  admitted: f64 = 0;
  finished: f64 = 0;
  rejected: f64 = 0;
  failed: f64 = 0;
  preemptions: f64 = 0;
  requestsPreempted: f64 = 0;
  recomputedTokens: f64 = 0;
  swappedOutBlocks: f64 = 0;
  swappedInBlocks: f64 = 0;
  copyOnWriteTokens: f64 = 0;
  iterations: f64 = 0;
  readonly transferTime: Clock = new Clock();
  /** Of requests when they were first admitted: their prompts, and what of them a prefix cache had. */
  promptTokens: f64 = 0;
  promptHitTokens: f64 = 0;
  /** Preemptions of requests whose prompts had been computed in part only. */
  preemptedInPrefill: f64 = 0;

  @inline
  countAdmitted(group: Group, cachedTokens: i32): void {
    if (group.preemptions > 0) return;
    this.admitted += 1;
    this.promptTokens += group.promptTokens;
    this.promptHitTokens += cachedTokens;
  }

  countPreempted(group: Group, swappedBlocks: i32, hasEmitted: bool): void {
    this.preemptions += 1;
    if (!hasEmitted) this.preemptedInPrefill += 1;
    if (group.preemptions === 1) this.requestsPreempted += 1;
    this.swappedOutBlocks += swappedBlocks;
  }

  @inline
  countComputed(group: Group, tokens: i32): void {
    if (group.preemptions > 0) this.recomputedTokens += tokens;
  }

  /** `transfer`: the part of the first of `steps` iterations that moving `swappedBlocks` blocks takes. */
  @inline
  countIterations(steps: f64, swappedBlocks: f64, transfer: Clock): void {
    this.iterations += steps;
    if (swappedBlocks > 0) this.transferTime.add(transfer);
  }
}
