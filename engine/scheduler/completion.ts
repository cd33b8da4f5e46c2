import { Group } from "../request";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/**
 * Ends `steps` iterations of a round's batch: tokens exist, prompts fork, finished sequences free their memory.
 * Returns the tokens that forks will have copied before the next iteration.
 */
export function completeIterations(state: ServingState, round: Round, steps: i32, atNs: f64): f64 {
  const running = state.running;
  if (round.decodes) running.advance(steps);
  let copiedTokens: f64 = 0;
  for (let index = 0; index < round.prefills; index += 1)
    copiedTokens += completePrefill(state, round.prefillAt(index), atNs);
  round.prefills = 0;
  for (let group = running.takeFinishing(); group !== null; group = running.takeFinishing())
    completeDecode(state, group, atNs);
  return copiedTokens;
}

function completePrefill(state: ServingState, group: Group, atNs: f64): i32 {
  const tokens = <i32>state.prefillTokens(group);
  const writtenTokens = group.knownTokens;
  group.generated += 1;
  state.facts.prefilled(atNs, group, writtenTokens, tokens);
  const copiedTokens = group.forked ? 0 : fork(state, group, writtenTokens, atNs);
  endFinished(state, group, group.generated, writtenTokens, atNs);
  if (group.live === 0) state.finished(atNs, group);
  else state.running.add(group, writtenTokens, group.roomTokens);
  return copiedTokens;
}

function fork(state: ServingState, group: Group, writtenTokens: i32, atNs: f64): i32 {
  const answer = state.allocator.answer;
  state.allocator.fork(group, writtenTokens);
  group.forked = true;
  group.roomTokens = answer.roomTokens;
  const copiedTokens = answer.copiedTokens;
  state.facts.forked(atNs, group, writtenTokens, copiedTokens);
  return copiedTokens;
}

function completeDecode(state: ServingState, group: Group, atNs: f64): void {
  const running = state.running;
  const writtenTokens = running.written(group);
  const generated = writtenTokens - group.promptTokens + 1;
  const ended = endFinished(state, group, generated, writtenTokens, atNs);
  running.endSequences(group, ended);
  if (group.live === 0) state.finished(atNs, group);
}

/** Ends the sequences that have emitted all their tokens, in index order; returns how many. */
function endFinished(
  state: ServingState,
  group: Group,
  generated: i32,
  writtenTokens: i32,
  atNs: f64,
): i32 {
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
