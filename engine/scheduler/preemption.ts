import { Group } from "../request";
import { growGroup } from "./growth";
import { SWAP } from "./rejection";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/** What becomes of a group that loses its memory: as its width says, or always the same. */
export const AUTO: i32 = 0;
export const RECOMPUTE: i32 = 1;
export const SWAP_OUT: i32 = 2;

/**
 * Takes a running group's memory, all its sequences together (Kwon et al., SOSP'23, §4.5; vLLM v0.2.0: one sequence is
 * recomputed, several are swapped). A group that nothing could take back fails instead.
 */
export function preempt(state: ServingState, round: Round, group: Group, mode: i32): void {
  const swaps = mode === SWAP_OUT || (mode === AUTO && group.seats > 1);
  if (swaps && state.allocator.swaps) swapOut(state, round, group);
  else recompute(state, round, group);
}

function recompute(state: ServingState, round: Round, group: Group): void {
  const written = state.running.written(group);
  state.evict(group);
  if (state.allocator.wouldNever(group)) {
    state.rejectForGood();
    return state.fail(round, group);
  }
  round.preemptions += 1;
  group.preemptions += 1;
  state.waiting.putBack(group);
  const lostTokens = group.promptTokens + group.live * (written - group.promptTokens);
  state.facts.preempted(round.atNs, group, false, lostTokens, 0);
}

function swapOut(state: ServingState, round: Round, group: Group): void {
  const allocator = state.allocator;
  const answer = allocator.answer;
  if (state.running.size === 1 && allocator.wouldNeverReturn(group)) {
    state.evict(group);
    state.rejection.set(SWAP, answer.need, answer.pool);
    return state.fail(round, group);
  }
  if (!allocator.swapOut(group)) {
    round.aborted = group;
    round.abortNeed = answer.need;
    round.abortFree = answer.free;
    return;
  }
  const blocks = answer.blocks;
  state.running.remove(group);
  state.admittedSequences -= group.seats;
  round.preemptions += 1;
  group.preemptions += 1;
  state.addSwapped(group);
  round.swap(blocks, allocator.unitSlots);
  state.facts.preempted(round.atNs, group, true, 0, blocks);
}

/** Brings swapped groups back, first come first served, while there is room for each and its next token. */
export function swapInWaiting(state: ServingState, round: Round): void {
  const allocator = state.allocator;
  while (state.swapped > 0 && allocator.swaps) {
    const group = state.firstSwapped;
    if (state.admittedSequences + group.seats > state.limits.maxRunning) return;
    if (!allocator.swapIn(group)) return round.refuse(allocator.answer.reason);
    const blocks = allocator.answer.blocks;
    state.takeSwapped();
    state.admittedSequences += group.seats;
    round.swap(blocks, allocator.unitSlots);
    const writtenTokens = group.knownTokens - 1;
    state.running.add(group, writtenTokens, writtenTokens);
    state.facts.swappedIn(round.atNs, group, writtenTokens, blocks);
    const isGranted = growGroup(state, round, group);
    assert(isGranted, "a group that was swapped in has no room for its next token");
  }
}
