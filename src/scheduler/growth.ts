import type { Refusal } from "../allocators/allocator.ts";
import type { SequenceGroup, Slots } from "../request.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Asks the allocator for room for the next token of a running group; null when it was granted. */
export function growGroup(state: ServingState, round: Round, group: SequenceGroup): Refusal | null {
  const { running, allocator, facts } = state;
  const writtenTokens = running.written(group);
  const freeBefore = allocator.freeSlots;
  const answer = allocator.grow(group, writtenTokens + 1);
  if (!answer.granted) return answer;
  const hadToAsk = running.growing.answered(group, writtenTokens, answer.roomTokens);
  const { copiedTokens } = answer;
  round.work.copiedTokens += copiedTokens;
  if (copiedTokens > 0) facts.copied(round.atNs, group, copiedTokens);
  if (hadToAsk || allocator.freeSlots !== freeBefore) facts.extended(group, writtenTokens, true);
  return null;
}

/**
 * Room for the next token of every running group, when nobody can be refused and nobody must be asked for: whoever needs room is given
 * it, all at once. Nobody looks at the memory before the iterations begin, unless somebody may be swapped in: so they are given it
 * together with what they need in the iterations to come. Returns false, having done nothing, when that is not so.
 */
export function growUnhindered(state: ServingState, round: Round): boolean {
  const { running, allocator, growth, swapped } = state;
  growth.clear();
  const { tick, growing, widest } = running;
  const due = growing.dueAt(tick);
  if (allocator.freeSlots < (due + widest) * allocator.growthSlots) return false;
  if (swapped.length === 0) round.growsFrom = 0;
  else growFrom(state, 0, 1);
  return true;
}

/** Room for the tokens of the `steps` iterations from now on, but for what those of the first have already. */
export function growFurther(state: ServingState, round: Round, steps: number): void {
  growFrom(state, round.growsFrom, steps);
  state.growth.sum();
}

/** Slots that will be free when those who need room for the next token have it. */
export function freeAfterGrowth({ running, allocator }: ServingState, round: Round): Slots {
  const due = round.growsFrom === 0 ? running.growing.dueAt(running.tick) : 0;
  return allocator.freeSlots - due * allocator.growthSlots;
}

function growFrom(
  { running, allocator, growth }: ServingState,
  firstStep: number,
  steps: number,
): void {
  const { tick, growing } = running;
  growing.grow(allocator, growth, tick + firstStep, tick + steps, firstStep);
}

/**
 * The next group to ask for in turn, since it may be refused: while memory is short that is everybody, else those who need room now. Those
 * before it that need room and cannot be refused are given it, all at once.
 */
export function nextToAsk(state: ServingState, after: SequenceGroup | null): SequenceGroup | null {
  const { running, allocator } = state;
  const { growing, widest, tick } = running;
  const last = growUnrefused(state, after) ?? after;
  if (allocator.freeSlots < widest * allocator.growthSlots) return running.next(last);
  return growing.dueAfter(last === null ? -1 : last.id, tick);
}

/** Room for those behind a group that need it, as long as the widest group there is would be given it; returns the last of them. */
function growUnrefused(
  { running, allocator, growth }: ServingState,
  after: SequenceGroup | null,
): SequenceGroup | null {
  const { growing, tick, widest } = running;
  const rooms = Math.floor(allocator.freeSlots / allocator.growthSlots) - widest + 1;
  return growing.growAfter(after === null ? -1 : after.id, allocator, growth, tick, rooms);
}
