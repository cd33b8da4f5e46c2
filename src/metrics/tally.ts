import { addTime, type ExactTime, ZERO_TIME } from "../core/time.ts";
import type { Fact } from "../facts.ts";

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

  get unfinished(): number {
    return this.arrived - this.finished - this.rejected - this.failed;
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
        if (fact.group.preemptions === 0) this.admitted += 1;
        break;
      case "grew":
        this.copyOnWriteTokens += fact.copiedTokens;
        break;
      case "preempted":
        this.preemptions += 1;
        if (fact.group.preemptions === 1) this.requestsPreempted += 1;
        this.swappedOutBlocks += fact.swappedBlocks;
        break;
      case "swapped-in":
        this.swappedInBlocks += fact.swappedBlocks;
        break;
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
