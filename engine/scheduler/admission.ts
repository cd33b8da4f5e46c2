import { Group } from "../request";
import { BATCH_LIMIT, TOO_LONG, TOO_WIDE, WAITING_ROOM } from "./rejection";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/** Admits waiting requests first come, first served, until the head is stopped by a limit or refused by the allocator. */
export function admitWaiting(state: ServingState, round: Round): void {
  const limits = state.limits;
  let promptTokens: i64 = 0;
  for (let head = state.waiting.front(); head !== null; head = state.waiting.front()) {
    const tokens = state.prefillTokens(head);
    if (tokens > limits.maxPromptTokens) {
      giveUp(state, round, head, tokens);
      continue;
    }
    if (state.admittedSequences + head.seats > limits.maxRunning) return;
    if (promptTokens + tokens > limits.maxBatchedTokens) return;
    if (!state.admitHead(round, head, <i32>tokens)) return;
    promptTokens += tokens;
  }
}

/** A preempted head that has outgrown an iteration can never be recomputed; new requests were tested when they arrived. */
function giveUp(state: ServingState, round: Round, head: Group, need: i64): void {
  state.waiting.popFront();
  state.forget(head);
  round.failures += 1;
  state.rejection.set(BATCH_LIMIT, <f64>need, state.limits.maxPromptTokens);
  state.failed(round.atNs, head, true);
}

/** Whether a request can never be served by this replica (docs/model.md, Arrivals); then `state.rejection` says why. */
export function isTurnedAway(state: ServingState, group: Group): bool {
  const limits = state.limits;
  const rejection = state.rejection;
  const promptTokens = group.promptTokens;
  if (promptTokens >= limits.maxModelLen)
    rejection.set(TOO_LONG, <f64>promptTokens + 1, limits.maxModelLen);
  else if (promptTokens > limits.maxBatchedTokens)
    rejection.set(BATCH_LIMIT, promptTokens, limits.maxBatchedTokens);
  else if (group.live > limits.maxRunning) rejection.set(TOO_WIDE, group.live, limits.maxRunning);
  else if (state.allocator.wouldNever(group)) state.rejectForGood();
  else return false;
  return true;
}

/** Turns away the latest newcomers that find no place in the waiting room. */
export function emptyWaitingRoom(state: ServingState, round: Round): void {
  const maxWaiting = state.limits.maxWaiting;
  while (state.waiting.newcomers > maxWaiting) {
    state.rejection.set(WAITING_ROOM, state.waiting.newcomers, maxWaiting);
    const group = state.waiting.dismissNewcomer();
    state.forget(group);
    round.dismissals += 1;
    state.rejected(round.atNs, group);
  }
}
