import type { Tokens } from "../../request.ts";

/** Look-ups and what they found. */
export interface LookUpCounts {
  lookUps: number;
  queriedTokens: Tokens;
  hitTokens: Tokens;
}

/**
 * Every look-up counts, also of a request that is then refused and looked up again in the next step: that is what vLLM's
 * hit rate is made of. Requests that were preempted before count apart, because they hit what they computed themselves.
 */
export class PrefixStatistics {
  readonly firstTime: LookUpCounts = { lookUps: 0, queriedTokens: 0, hitTokens: 0 };
  readonly preempted: LookUpCounts = { lookUps: 0, queriedTokens: 0, hitTokens: 0 };

  count(preempted: boolean, queriedTokens: Tokens, hitTokens: Tokens): void {
    const counts = preempted ? this.preempted : this.firstTime;
    counts.lookUps += 1;
    counts.queriedTokens += queriedTokens;
    counts.hitTokens += hitTokens;
  }
}
