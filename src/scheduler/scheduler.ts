import type { Refusal } from "../allocators/allocator.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { Batch } from "../facts.ts";
import { MutableWork } from "../latency/latency.ts";
import type { FreeShare } from "../metrics/shares.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import type { RunningSet } from "./running-set.ts";

import type { ServingState } from "./serving-state.ts";

/** What a scheduling round decided: the batch of the next iteration, and what it cost to make room for it. One is used again and again. */
export class Round implements Batch {
  atNs: Nanoseconds = 0;
  readonly work = new MutableWork();
  firstTokens: Tokens = 0;
  /** Why free slots stay free: as the last refusal of the round has it. */
  freeShare: FreeShare = "idle";
  /** Groups whose prompt (or recomputed tokens) this iteration computes, in order of admission. */
  readonly prefills: SequenceGroup[] = [];
  /** The first step for which nobody has been given room yet: 1, or 0 where nobody can be refused and it is given when the iterations begin. */
  growsFrom: 0 | 1 = 1;
  preemptions = 0;
  failures = 0;
  /** Of those who found no place in the waiting room: the next round may have another head. */
  dismissals = 0;
  /** The group that could not be swapped out, which ends the run. */
  aborted: { readonly group: SequenceGroup; readonly refusal: Refusal } | null = null;

  /** Nothing is decided yet. `copiedTokens`: copies that forks ordered since the last round. */
  begin(atNs: Nanoseconds, copiedTokens: Tokens): this {
    this.atNs = atNs;
    this.work.clear();
    this.work.copiedTokens = copiedTokens;
    this.firstTokens = 0;
    this.freeShare = "idle";
    if (this.prefills.length > 0) this.clearPrefills();
    this.growsFrom = 1;
    this.preemptions = 0;
    this.failures = 0;
    this.dismissals = 0;
    this.aborted = null;
    return this;
  }

  /** A group was admitted, `tokens` of which this iteration computes. */
  prefill(group: SequenceGroup, tokens: Tokens): void {
    const { work } = this;
    const { live, knownTokens } = group;
    const promptSquare = group.promptTokens * group.promptTokens;
    this.prefills.push(group);
    this.firstTokens += live;
    work.prefillTokens += tokens;
    work.prefillSquares += promptSquare + live * (knownTokens * knownTokens - promptSquare);
  }

  /** All who run write a token each. */
  decode(running: RunningSet): void {
    this.work.decodeSequences = running.sequences;
    this.work.contextTokens = running.contextTokens;
  }

  /** Whether the running set decodes. */
  get decodes(): boolean {
    return this.work.decodeSequences > 0;
  }

  /** Blocks of `blockSlots` slots each are moved over PCIe. */
  swap(blocks: number, blockSlots: number): void {
    this.work.swappedBlocks += blocks;
    this.work.swappedTokens += blocks * blockSlots;
  }

  /** Somebody was refused memory. */
  refuse({ reason }: Refusal): void {
    this.freeShare = reason === "hole" ? "external" : "remainder";
  }

  /** None are left; one by one, so that the list keeps its room for those of the next round. */
  clearPrefills(): void {
    while (this.prefills.length > 0) this.prefills.pop();
  }
}

/** A scheduling policy: rules over the serving state, without a state of its own. */
export interface SchedulerPolicyRules {
  /** Admits, grows and preempts; fills in the round. */
  schedule(state: ServingState, round: Round): void;
  /** Whether a newcomer could be admitted before the running batch itself changes. */
  heedsArrivals(state: ServingState): boolean;
}
