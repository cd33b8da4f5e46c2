import type { SequenceGroup } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Admits waiting requests first come, first served, until the head is stopped by a limit or refused by the allocator. */
export function admitWaiting(state: ServingState, round: Round): void {
  let promptTokens = 0;
  for (let head = state.waiting.front(); head !== undefined; head = state.waiting.front()) {
    const tokens = state.prefillTokens(head);
    if (cannotBeRecomputed(state, round, head)) continue;
    if (state.admittedSequences + head.seats > state.limits.maxRunning) return;
    if (promptTokens + tokens > state.limits.maxBatchedTokens) return;
    if (!state.admitHead(round, head)) return;
    promptTokens += tokens;
  }
}

/** A preempted head that has outgrown an iteration is given up; new requests were tested when they arrived. */
function cannotBeRecomputed(state: ServingState, round: Round, head: SequenceGroup): boolean {
  const need = state.prefillTokens(head);
  const have = state.limits.maxBatchedTokens;
  if (need <= have) return false;
  state.waiting.popFront();
  state.forget(head);
  round.failed = true;
  const refusal = { code: "batch-limit", need, have } as const;
  state.emit({ kind: "failed", atNs: round.atNs, group: head, wasWaiting: true, refusal });
  return true;
}
