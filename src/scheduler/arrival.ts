import type { Rejection } from "../facts.ts";
import { longest, type Request, type SequenceGroup, type Tokens, withOutputs } from "../request.ts";
import type { Round } from "./scheduler.ts";
import { rejectionOf, type ServingState } from "./serving-state.ts";

/** Why a request can never be served by this replica; null if it can wait its turn (docs/model.md, Arrivals). */
export function whyTurnedAway(
  state: ServingState,
  group: SequenceGroup,
  maxModelLen: Tokens,
): Rejection | null {
  const { maxBatchedTokens, maxRunning } = state.limits;
  const { promptTokens, live } = group;
  if (promptTokens >= maxModelLen)
    return { code: "too-long", need: promptTokens + 1, have: maxModelLen };
  if (promptTokens > maxBatchedTokens)
    return { code: "batch-limit", need: promptTokens, have: maxBatchedTokens };
  if (live > maxRunning) return { code: "too-wide", need: live, have: maxRunning };
  const never = state.allocator.wouldNever(group, state.admission(group));
  return never === null ? null : rejectionOf(never);
}

/** The request with each output cut so that prompt and output fit the model's length; the same object if they fit. */
export function capOutputs(request: Request, maxModelLen: Tokens): Request {
  const { promptTokens, outputTokens } = request;
  const room = Math.max(1, maxModelLen - promptTokens);
  return longest(outputTokens) <= room ? request : withOutputsUpTo(room, request);
}

function withOutputsUpTo(room: Tokens, request: Request): Request {
  const { outputTokens } = request;
  // Lists of small integers, as all others are: once V8 has met a list of doubles, which Math.min makes, it converts the others.
  if (outputTokens.length === 1) return withOutputs(request, [room]);
  return withOutputs(
    request,
    outputTokens.map((output) => (output < room ? output : room)),
  );
}

/** Turns away the latest newcomers that find no place in the waiting room. */
export function emptyWaitingRoom(state: ServingState, round: Round): void {
  const { maxWaiting } = state.limits;
  while (maxWaiting !== null && state.waiting.newcomers > maxWaiting) {
    const refusal = {
      code: "waiting-room",
      need: state.waiting.newcomers,
      have: maxWaiting,
    } as const;
    const group = state.waiting.dismissNewcomer();
    state.forget(group);
    round.dismissals += 1;
    state.rejected(round.atNs, group.request, refusal);
  }
}
