import { type StepSeries, TICKS_PER_NANOSECOND } from "../core/time.ts";
import type { Price } from "../latency/latency.ts";
import type { Slots } from "../request.ts";
import { freeAfterGrowth } from "./growth.ts";
import type { Round } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** Up to these, nanoseconds and ticks are summed exactly. */
const NS_LIMIT = 2 ** 52;
const TICKS_LIMIT = NS_LIMIT / TICKS_PER_NANOSECOND;

/**
 * How many iterations pass before any decision can differ from this round's: nobody ends before, memory is not so short that a group
 * could be refused, whoever needs more of it on the way. An arrival may make it earlier.
 */
export function quietIterations(state: ServingState, round: Round, price: Price): number {
  if (round.prefills.length > 0 || round.work.decodeSequences === 0) return 1;
  if (round.preemptions + round.failures + round.dismissals > 0) return 1;
  const { running, allocator } = state;
  const { sequences } = running;
  const toFinish = running.ticksToFinish();
  const quiet = toFinish < price.steps ? toFinish : price.steps;
  const exact = stepsSummedExactly(sequences, allocator.growthSlots, price, quiet);
  return stepsInMemory(state, round, exact);
}

/** How many of `steps` iterations there is room for, however much of it is asked for on the way. The first has its room. */
function stepsInMemory(state: ServingState, round: Round, steps: number): number {
  const { running, allocator } = state;
  const { growthSlots } = allocator;
  if (steps === 1 || growthSlots === 0) return steps;
  const budget = Math.floor(freeAfterGrowth(state, round) / growthSlots) - running.widest;
  return 1 + running.growing.ticksWithin(budget, running.tick + 1, steps - 1);
}

/** What metrics sum over the steps must stay a safe integer: growth, in slots, times the time since the first step. */
export function stepsSummedExactly(
  sequences: number,
  growthSlots: Slots,
  { first, growth }: StepSeries,
  limit: number,
): number {
  for (let steps = limit; steps > 1; steps >>= 1) {
    const squares = sequences * (steps > growthSlots ? steps : growthSlots) * steps;
    const ns = squares * (first.ns + steps * growth.ns);
    if (ns <= NS_LIMIT && squares * steps <= TICKS_LIMIT) return steps;
  }
  return 1;
}
