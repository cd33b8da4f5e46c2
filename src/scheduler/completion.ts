import type { Nanoseconds } from "../core/time.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/**
 * Ends `steps` iterations of a round's batch: tokens exist, prompts fork, finished sequences free their memory.
 * Returns the tokens that forks will have copied before the next iteration.
 */
export function completeIterations(
  state: ServingState,
  round: Round,
  steps: number,
  atNs: Nanoseconds,
): Tokens {
  const { running } = state;
  if (round.decodes) running.advance(steps);
  let copiedTokens = 0;
  for (const group of round.prefills) copiedTokens += completePrefill(state, group, atNs);
  round.clearPrefills();
  for (let group = running.takeFinishing(); group !== null; group = running.takeFinishing())
    completeDecode(state, group, atNs);
  return copiedTokens;
}

function completePrefill(state: ServingState, group: SequenceGroup, atNs: Nanoseconds): Tokens {
  const tokens = state.prefillTokens(group);
  const writtenTokens = group.knownTokens;
  group.generated += 1;
  state.facts.prefilled(atNs, group, writtenTokens, tokens);
  const copiedTokens = group.forked ? 0 : fork(state, group, writtenTokens, atNs);
  endFinished(state, group, group.generated, writtenTokens, atNs);
  if (group.live === 0) state.finished(atNs, group);
  else state.running.add(group, writtenTokens, group.roomTokens);
  return copiedTokens;
}

function fork(
  state: ServingState,
  group: SequenceGroup,
  writtenTokens: Tokens,
  atNs: Nanoseconds,
): Tokens {
  const { copiedTokens, roomTokens } = state.allocator.fork(group, writtenTokens);
  group.forked = true;
  group.roomTokens = roomTokens;
  state.facts.forked(atNs, group, writtenTokens, copiedTokens);
  return copiedTokens;
}

function completeDecode(state: ServingState, group: SequenceGroup, atNs: Nanoseconds): void {
  const { running } = state;
  const writtenTokens = running.written(group);
  const generated = writtenTokens - group.promptTokens + 1;
  const ended = endFinished(state, group, generated, writtenTokens, atNs);
  running.endSequences(group, ended);
  if (group.live === 0) state.finished(atNs, group);
}

/** Ends the sequences that have emitted all their tokens, in index order; returns how many. */
function endFinished(
  state: ServingState,
  group: SequenceGroup,
  generated: Tokens,
  writtenTokens: Tokens,
  atNs: Nanoseconds,
): number {
  let ended = 0;
  for (let index = 0; index < group.live; ) {
    if (group.outputs[index] !== generated) {
      index += 1;
      continue;
    }
    state.endSequence(group, index);
    state.facts.sequenceFinished(atNs, group, writtenTokens, index);
    ended += 1;
  }
  return ended;
}
