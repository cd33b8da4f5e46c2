import type { Refusal } from "../allocators/allocator.ts";
import { assert } from "../core/assert.ts";
import type { SequenceGroup } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Asks the allocator for room for the next token of a running group; null when it was granted. */
export function growGroup(state: ServingState, round: Round, group: SequenceGroup): Refusal | null {
  const { running, allocator } = state;
  const writtenTokens = running.written(group);
  const freeBefore = allocator.usage.free;
  const answer = allocator.grow(group, writtenTokens + 1);
  if (!answer.granted) return answer;
  running.setRoom(group, answer.roomTokens);
  const { copiedTokens } = answer;
  round.copiedTokens += copiedTokens;
  if (allocator.usage.free !== freeBefore)
    state.emit({ kind: "grew", atNs: round.atNs, group, writtenTokens, copiedTokens });
  return null;
}

/**
 * Room for the next token of every running group, when nobody can be refused: only the groups that must ask are visited.
 * Returns false, having done nothing, when memory is so short that each group has to be asked in turn.
 */
export function growUnhindered(state: ServingState, round: Round): boolean {
  const { running, allocator } = state;
  const worst = running.growingSequences() + running.widest;
  if (allocator.freeSlots < worst * allocator.growthSlots) return false;
  for (const group of running.takeGrowing()) {
    const refusal = growGroup(state, round, group);
    assert(refusal === null, "a group was refused although the allocator had promised room");
  }
  return true;
}
