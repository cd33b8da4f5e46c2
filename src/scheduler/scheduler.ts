import type { Refusal } from "../allocators/allocator.ts";
import type { Nanoseconds } from "../core/time.ts";
import { noWork } from "../latency/latency.ts";
import type { FreeShare } from "../metrics/shares.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import type { RunningSet } from "./running-set.ts";
import type { Batch } from "./serving.ts";
import type { ServingState } from "./serving-state.ts";

/** What a scheduling round decided: the batch of the next iteration, and what it cost to make room for it. One is used again and again. */
export class Round implements Batch {
  atNs: Nanoseconds = 0;
  readonly work = noWork();
  firstTokens: Tokens = 0;
  /** Groups whose prompt (or recomputed tokens) this iteration computes, in order of admission. */
  readonly prefills: SequenceGroup[] = [];
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
  /** The group that could not be swapped out, which ends the run. */
  aborted: { readonly group: SequenceGroup; readonly refusal: Refusal } | null = null;

  /** Nothing is decided yet. `copiedTokens`: copies that forks ordered since the last round. */
  begin(atNs: Nanoseconds, copiedTokens: Tokens): this {
    const { work } = this;
    this.atNs = atNs;
    work.prefillTokens = 0;
    work.prefillSquares = 0;
    work.decodeSequences = 0;
    work.contextTokens = 0;
    work.copiedTokens = copiedTokens;
    work.swappedBlocks = 0;
    work.swappedTokens = 0;
    this.firstTokens = 0;
    this.clearPrefills();
    this.decodes = false;
    this.growsLater = false;
    this.refusal = null;
    this.preempted = false;
    this.failed = false;
    this.dismissed = false;
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
    if (running.size === 0) return;
    this.decodes = true;
    this.work.decodeSequences = running.sequences;
    this.work.contextTokens = running.contextTokens;
  }

  /** Blocks of `blockSlots` slots each are moved over PCIe. */
  swap(blocks: number, blockSlots: number): void {
    this.work.swappedBlocks += blocks;
    this.work.swappedTokens += blocks * blockSlots;
  }

  /** None are left; one by one, so that the list keeps its room for those of the next round. */
  clearPrefills(): void {
    while (this.prefills.length > 0) this.prefills.pop();
  }

  get freeShare(): FreeShare {
    if (this.refusal === null) return "idle";
    return this.refusal.reason === "hole" ? "external" : "remainder";
  }
}

/** A scheduling policy: rules over the serving state, without a state of its own. */
export interface SchedulerPolicyRules {
  /** Admits, grows and preempts; fills in the round. */
  schedule(state: ServingState, round: Round): void;
  /** Whether a newcomer could be admitted before the running batch itself changes. */
  heedsArrivals(state: ServingState): boolean;
}
