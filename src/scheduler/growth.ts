import type { Refusal } from "../allocators/allocator.ts";
import type { SequenceGroup } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Asks the allocator for room for the next token of a running group; null when it was granted. */
export function growGroup(state: ServingState, round: Round, group: SequenceGroup): Refusal | null {
  const { running, allocator, facts } = state;
  const writtenTokens = running.written(group);
  const freeBefore = allocator.freeSlots;
  const answer = allocator.grow(group, writtenTokens + 1);
  if (!answer.granted) return answer;
  const hadToAsk = running.growing.answered(group, answer.roomTokens);
  const { copiedTokens } = answer;
  round.copiedTokens += copiedTokens;
  if (copiedTokens > 0) facts.copied(round.atNs, group, copiedTokens);
  if (hadToAsk || allocator.freeSlots !== freeBefore) facts.extended(group, writtenTokens, true);
  return null;
}

/**
 * Room for the next token of every running group, when nobody can be refused and nobody must be asked for: whoever needs room is given
 * it, all at once. Returns false, having done nothing, when that is not so.
 */
export function growUnhindered({ running, allocator, growth }: ServingState): boolean {
  growth.clear();
  const { tick, growing, widest } = running;
  const due = growing.dueAt(tick);
  if (allocator.freeSlots < (due + widest) * allocator.growthSlots) return false;
  if (due === 0) return true;
  growing.collect(growth, tick, tick + 1, 0);
  allocator.extend(growth.sequences, 0, growth.count);
  return true;
}

/** Room for the tokens of the `steps` iterations from now on, those of the first being there already. */
export function growFurther({ running, allocator, growth }: ServingState, steps: number): void {
  const { tick, growing } = running;
  const given = growth.count;
  growing.collect(growth, tick + 1, tick + steps, 1);
  if (growth.count > given) allocator.extend(growth.sequences, given, growth.count);
}

/** Whoever may be refused is asked for in turn: while memory is short that is everybody, else those who need room now. */
export function nextToAsk(
  { running, allocator }: ServingState,
  after: SequenceGroup | null,
): SequenceGroup | null {
  const { growing, widest, tick } = running;
  if (allocator.freeSlots < widest * allocator.growthSlots) return running.next(after);
  return growing.dueAfter(after === null ? -1 : after.id, tick);
}
