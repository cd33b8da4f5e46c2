/** Look-ups and what they found. */
@final
export class LookUpCounts {
  lookUps: f64 = 0;
  queriedTokens: f64 = 0;
  hitTokens: f64 = 0;
}

/**
 * Every look-up counts, also of a request that is then refused and looked up again in the next step: that is what vLLM's
 * hit rate is made of. Requests that were preempted before count apart, because they hit what they computed themselves; that is
 * in no result, and of a series of steps with one of them for a head it is taken for granted that each found what the first one found.
 */
@final
export class PrefixStatistics {
  readonly firstTime: LookUpCounts = new LookUpCounts();
  readonly preempted: LookUpCounts = new LookUpCounts();

  count(preempted: bool, queriedTokens: f64, hitTokens: f64, times: f64): void {
    const counts = preempted ? this.preempted : this.firstTime;
    counts.lookUps += times;
    counts.queriedTokens += times * queriedTokens;
    counts.hitTokens += times * hitTokens;
  }
}
