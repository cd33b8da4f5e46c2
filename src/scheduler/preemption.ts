import type { Swapping } from "../allocators/allocator.ts";
import type { PreemptionConfig } from "../config/scheduler-config.ts";
import { assert } from "../core/assert.ts";
import type { SequenceGroup } from "../request.ts";
import { growGroup } from "./growth.ts";
import type { Round } from "./scheduler.ts";
import { rejectionOf, type ServingState } from "./serving-state.ts";

/**
 * Takes a running group's memory, all its sequences together (Kwon et al., SOSP'23, §4.5; vLLM v0.2.0: one sequence is
 * recomputed, several are swapped). A group that nothing could take back fails instead.
 */
export function preempt(
  state: ServingState,
  round: Round,
  group: SequenceGroup,
  mode: PreemptionConfig["mode"],
): void {
  const swaps = mode === "swap" || (mode === "auto" && group.seats > 1);
  if (swaps && state.swapping !== null) swapOut(state, state.swapping, round, group);
  else recompute(state, round, group);
}

function recompute(state: ServingState, round: Round, group: SequenceGroup): void {
  const { atNs } = round;
  const written = state.running.written(group);
  state.evict(group);
  const never = state.allocator.wouldNever(group, state.admission(group));
  if (never !== null) return state.fail(round, group, rejectionOf(never));
  round.preemptions += 1;
  group.suspend();
  state.waiting.putBack(group);
  const lostTokens = group.promptTokens + group.live * (written - group.promptTokens);
  state.facts.preempted(atNs, group, { mode: "recompute", lostTokens, swappedBlocks: 0 });
}

function swapOut(
  state: ServingState,
  swapping: Swapping,
  round: Round,
  group: SequenceGroup,
): void {
  const { atNs } = round;
  const never = state.running.size === 1 ? swapping.wouldNeverReturn(group) : null;
  if (never !== null) {
    state.evict(group);
    return state.fail(round, group, { code: "swap", need: never.need, have: never.pool });
  }
  const answer = swapping.swapOut(group);
  if (!answer.granted) {
    round.aborted = { group, refusal: answer };
    return;
  }
  const swappedBlocks = answer.blocks;
  state.running.remove(group);
  state.admittedSequences -= group.seats;
  round.preemptions += 1;
  group.suspend();
  insertByArrival(state.swapped, group);
  round.swap(swappedBlocks, swapping.blockSlots);
  state.facts.preempted(atNs, group, { mode: "swap", lostTokens: 0, swappedBlocks });
}

/** Brings swapped groups back, first come first served, while there is room for each and its next token. */
export function swapInWaiting(state: ServingState, round: Round): void {
  const { swapped, swapping } = state;
  while (swapped.length > 0 && swapping !== null) {
    const group = swapped[0]!;
    if (state.admittedSequences + group.seats > state.limits.maxRunning) return;
    const answer = swapping.swapIn(group);
    if (!answer.granted) {
      round.refuse(answer);
      return;
    }
    swapped.shift();
    state.admittedSequences += group.seats;
    round.swap(answer.blocks, swapping.blockSlots);
    const writtenTokens = group.knownTokens - 1;
    state.running.add(group, writtenTokens, writtenTokens);
    state.facts.swappedIn(round.atNs, group, writtenTokens, answer.blocks);
    const refusal = growGroup(state, round, group);
    assert(refusal === null, "a group that was swapped in has no room for its next token");
  }
}

function insertByArrival(groups: SequenceGroup[], group: SequenceGroup): void {
  let index = groups.length;
  while (index > 0 && groups[index - 1]!.id > group.id) index -= 1;
  groups.splice(index, 0, group);
}
