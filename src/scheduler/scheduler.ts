import type { Refusal } from "../allocators/allocator.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import type { ServingState } from "./serving-state.ts";

/** What a scheduling round decided: the batch of the next iteration, and what it cost to make room for it. */
export interface Round {
  readonly atNs: Nanoseconds;
  /** Groups whose prompt (or recomputed tokens) this iteration computes, in order of admission. */
  readonly prefills: SequenceGroup[];
  /** Whether the running set decodes. */
  decodes: boolean;
  /** The last refusal of the round: why free slots stay free. */
  refusal: Refusal | null;
  preempted: boolean;
  failed: boolean;
  /** Somebody found no place in the waiting room: the next round may have another head. */
  dismissed: boolean;
  swappedBlocks: number;
  copiedTokens: Tokens;
  /** The group that could not be swapped out, which ends the run. */
  aborted: { readonly group: SequenceGroup; readonly refusal: Refusal } | null;
}

/** `copiedTokens`: copies that forks ordered since the last round. */
export function newRound(atNs: Nanoseconds, copiedTokens: Tokens): Round {
  return {
    atNs,
    prefills: [],
    decodes: false,
    refusal: null,
    preempted: false,
    failed: false,
    dismissed: false,
    swappedBlocks: 0,
    copiedTokens,
    aborted: null,
  };
}

/** A scheduling policy: rules over the serving state, without a state of its own. */
export interface SchedulerPolicyRules {
  /** Admits, grows and preempts; fills in the round. */
  schedule(state: ServingState, round: Round): void;
  /** Whether a newcomer could be admitted before the running batch itself changes. */
  heedsArrivals(state: ServingState): boolean;
}
