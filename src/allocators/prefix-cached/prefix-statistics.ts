import type { Tokens } from "../../request.ts";

/** Look-ups and what they found. */
export interface LookUpCounts {
  lookUps: number;
  queriedTokens: Tokens;
  hitTokens: Tokens;
}

/**
 * Every look-up counts, also of a request that is then refused and looked up again in the next step: that is what vLLM's
 * hit rate is made of. Requests that were preempted before count apart, because they hit what they computed themselves; that is
 * in no result, and of a series of steps with one of them for a head it is taken for granted that each found what the first one found.
 */
export class PrefixStatistics {
  readonly firstTime: LookUpCounts = { lookUps: 0, queriedTokens: 0, hitTokens: 0 };
  readonly preempted: LookUpCounts = { lookUps: 0, queriedTokens: 0, hitTokens: 0 };

  count(preempted: boolean, queriedTokens: Tokens, hitTokens: Tokens, times: number): void {
    const counts = preempted ? this.preempted : this.firstTime;
    counts.lookUps += times;
    counts.queriedTokens += times * queriedTokens;
    counts.hitTokens += times * hitTokens;
  }
}
