import type { Refusal } from "../allocators/allocator.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import type { ServingState } from "./serving-state.ts";

/** What a scheduling round decided: the batch of the next iteration, and what it cost to make room for it. One is used again and again. */
export class Round {
  atNs: Nanoseconds = 0;
  /** Groups whose prompt (or recomputed tokens) this iteration computes, in order of admission. */
  prefills: SequenceGroup[] = [];
  /** Whether the running set decodes. */
  decodes = false;
  /** Whoever needs room for the next token is given it when the iterations begin: nobody can be refused. */
  growsLater = false;
  /** The last refusal of the round: why free slots stay free. */
  refusal: Refusal | null = null;
  preempted = false;
  failed = false;
  /** Somebody found no place in the waiting room: the next round may have another head. */
  dismissed = false;
  swappedBlocks = 0;
  copiedTokens: Tokens = 0;
  /** The group that could not be swapped out, which ends the run. */
  aborted: { readonly group: SequenceGroup; readonly refusal: Refusal } | null = null;

  /** Nothing is decided yet. `copiedTokens`: copies that forks ordered since the last round. */
  begin(atNs: Nanoseconds, copiedTokens: Tokens): this {
    this.atNs = atNs;
    if (this.prefills.length > 0) this.prefills = [];
    this.decodes = false;
    this.growsLater = false;
    this.refusal = null;
    this.preempted = false;
    this.failed = false;
    this.dismissed = false;
    this.swappedBlocks = 0;
    this.copiedTokens = copiedTokens;
    this.aborted = null;
    return this;
  }

  /** Most rounds admit one: a list of just that. */
  addPrefill(group: SequenceGroup): void {
    if (this.prefills.length === 0) this.prefills = [group];
    else this.prefills.push(group);
  }
}

/** A scheduling policy: rules over the serving state, without a state of its own. */
export interface SchedulerPolicyRules {
  /** Admits, grows and preempts; fills in the round. */
  schedule(state: ServingState, round: Round): void;
  /** Whether a newcomer could be admitted before the running batch itself changes. */
  heedsArrivals(state: ServingState): boolean;
}
