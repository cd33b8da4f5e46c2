import type { SequenceGroup, Tokens } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Admits waiting requests first come, first served, until the head is stopped by a limit or refused by the allocator. */
export function admitWaiting(state: ServingState, round: Round): void {
  const { maxBatchedTokens } = state.limits;
  let promptTokens = 0;
  for (let head = state.waiting.front(); head !== undefined; head = state.waiting.front()) {
    const tokens = state.prefillTokens(head);
    if (tokens > state.maxPromptTokens) {
      giveUp(state, round, head, tokens);
      continue;
    }
    if (state.admittedSequences + head.seats > state.limits.maxRunning) return;
    if (promptTokens + tokens > maxBatchedTokens) return;
    if (!state.admitHead(round, head, tokens)) return;
    promptTokens += tokens;
  }
}

/** A preempted head that has outgrown an iteration can never be recomputed; new requests were tested when they arrived. */
function giveUp(state: ServingState, round: Round, head: SequenceGroup, need: Tokens): void {
  state.waiting.popFront();
  state.forget(head);
  round.failures += 1;
  const refusal = { code: "batch-limit", need, have: state.maxPromptTokens } as const;
  state.failed(round.atNs, head, true, refusal);
}
