import { Group } from "../request";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/** Asks the allocator for room for the next token of a running group; whether it was granted. */
export function growGroup(state: ServingState, round: Round, group: Group): bool {
  const running = state.running;
  const allocator = state.allocator;
  const writtenTokens = running.written(group);
  const freeBefore = allocator.freeSlots;
  if (!allocator.grow(group, writtenTokens + 1)) return false;
  const answer = allocator.answer;
  const hadToAsk = running.growing.answered(group, writtenTokens, answer.roomTokens);
  const copiedTokens = answer.copiedTokens;
  round.work.copiedTokens += copiedTokens;
  if (copiedTokens > 0) state.facts.copied(round.atNs, group, copiedTokens);
  if (hadToAsk || allocator.freeSlots !== freeBefore)
    state.facts.extended(group, writtenTokens, true);
  return true;
}

/**
 * Room for the next token of every running group, when nobody can be refused and nobody must be asked for: whoever needs room is given
 * it, all at once. Nobody looks at the memory before the iterations begin, unless somebody may be swapped in: so they are given it
 * together with what they need in the iterations to come. Returns false, having done nothing, when that is not so.
 */
export function growUnhindered(state: ServingState, round: Round): bool {
  const running = state.running;
  const allocator = state.allocator;
  state.growth.clear();
  if (running.growing.mustAsk) return false;
  const due = running.growing.dueAt(running.tick);
  if (!allocator.canGrow(due + running.widest)) return false;
  if (state.swapped === 0) round.leaveGrowth(due);
  else growFrom(state, 0, 1);
  return true;
}

/** Room for the tokens of the `steps` iterations from now on, but for what those of the first have already. */
export function growFurther(state: ServingState, round: Round, steps: i32): void {
  growFrom(state, round.growsFrom, steps);
  state.growth.sum();
}

/**
 * The next group to ask for in turn, since it may be refused: while memory is short that is everybody, else those who need room now. Those
 * before it that need room and cannot be refused are given it, all at once.
 */
export function nextToAsk(state: ServingState, after: Group | null): Group | null {
  const running = state.running;
  const allocator = state.allocator;
  const growing = running.growing;
  // Room for those behind it that need it, as long as the widest group there is would be given it.
  const rooms = allocator.growthSlots === 0 ? 0 : allocator.units.freeCount;
  const grown = growing.growAfter(
    idOf(after),
    allocator,
    state.growth,
    running.tick,
    rooms - running.widest + 1,
  );
  const last = grown === null ? after : grown;
  if (!allocator.canGrow(running.widest)) return running.next(last);
  return growing.dueAfter(idOf(last), running.tick);
}

function growFrom(state: ServingState, firstStep: i32, steps: i32): void {
  const tick = state.running.tick;
  const growing = state.running.growing;
  growing.grow(state.allocator, state.growth, tick + firstStep, tick + steps, firstStep);
}

/** Before all requests for nobody. */
function idOf(group: Group | null): i32 {
  return group === null ? -1 : group.id;
}
