import { addTime, type ExactTime, ZERO_TIME } from "../core/time.ts";
import type { Fact } from "../facts.ts";
import type { Tokens } from "../request.ts";

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
  transferTime: ExactTime = ZERO_TIME;
  /** Of requests when they were first admitted: their prompts, and what of them a prefix cache had. */
  promptTokens: Tokens = 0;
  promptHitTokens: Tokens = 0;
  /** Preemptions of requests whose prompts had been computed in part only. */
  preemptedInPrefill = 0;

  get unfinished(): number {
    return this.arrived - this.finished - this.rejected - this.failed;
  }

  #admittedFirst(promptTokens: Tokens, cachedTokens: Tokens): void {
    this.admitted += 1;
    this.promptTokens += promptTokens;
    this.promptHitTokens += cachedTokens;
  }

  apply(fact: Fact): void {
    switch (fact.kind) {
      case "arrived":
        this.arrived += 1;
        break;
      case "rejected":
        this.rejected += 1;
        break;
      case "admitted":
        if (fact.group.preemptions === 0)
          this.#admittedFirst(fact.group.promptTokens, fact.cachedTokens);
        break;
      case "grew":
        this.copyOnWriteTokens += fact.copiedTokens;
        break;
      case "preempted":
        this.preemptions += 1;
        if (fact.group.firstTokenNs === null) this.preemptedInPrefill += 1;
        if (fact.group.preemptions === 1) this.requestsPreempted += 1;
        this.swappedOutBlocks += fact.swappedBlocks;
        break;
      case "swapped-in":
        this.swappedInBlocks += fact.swappedBlocks;
        break;
      case "computed":
      case "prefilled":
        if (fact.group.preemptions > 0) this.recomputedTokens += fact.tokens;
        break;
      case "finished":
        this.finished += 1;
        break;
      case "failed":
        this.failed += 1;
        break;
      case "iterated":
        this.iterations += fact.steps;
        this.transferTime = addTime(this.transferTime, fact.price.transfer);
        break;
      default:
    }
  }
}
