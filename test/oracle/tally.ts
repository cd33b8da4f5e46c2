import type { PreemptionResult, RequestCounts, VerdictStatus } from "../../src/result.ts";
import { secondsOf } from "./exact.ts";
import type { Ledger } from "./ledger.ts";
import type { Round, World } from "./rounds.ts";

/** Counts of the whole run. */
export class Tally {
  arrived = 0;
  iterations = 0;
  copyOnWriteCopies = 0;
  recomputedTokens = 0;
  /** Exact time that PCIe transfers took. */
  transfer = 0n;
  #swappedOutBlocks = 0;
  #swappedInBlocks = 0;
  /** Requests that were preempted, and admitted, at least once. */
  readonly preempted = new Set<number>();
  readonly admitted = new Set<number>();

  countRound(round: Round, { waiting, swapped, pool }: World): void {
    for (const group of [...waiting, ...swapped]) {
      if (group.preemptions > 0) this.preempted.add(group.id);
    }
    for (const group of round.prefills) this.admitted.add(group.id);
    this.copyOnWriteCopies += round.copiedTokens / (pool.blockSize ?? 1);
    this.#swappedOutBlocks += round.swappedOutBlocks;
    this.#swappedInBlocks += round.swappedInBlocks;
  }

  requests(ledger: Ledger): RequestCounts {
    const { arrived } = this;
    const finished = ledger.count("finished");
    const rejected = ledger.count("rejected");
    const failed = ledger.count("failed");
    const unfinished = arrived - finished - rejected - failed;
    return { arrived, admitted: this.admitted.size, finished, rejected, failed, unfinished };
  }

  preemption(ledger: Ledger): PreemptionResult {
    const admitted = this.admitted.size;
    const requestsPreempted = this.preempted.size;
    return {
      count: ledger.count("preempted"),
      requestsPreempted,
      requestsPreemptedPercent: admitted === 0 ? null : (100 * requestsPreempted) / admitted,
      recomputedTokens: this.recomputedTokens,
      swappedOutBlocks: this.#swappedOutBlocks,
      swappedInBlocks: this.#swappedInBlocks,
      transferSeconds: secondsOf(this.transfer),
    };
  }

  /** Of a run that was not cut short. */
  status(ledger: Ledger): VerdictStatus {
    const { arrived, admitted, unfinished } = this.requests(ledger);
    return arrived > 0 && admitted === 0 && unfinished === 0 ? "rejected-all" : "completed";
  }
}
