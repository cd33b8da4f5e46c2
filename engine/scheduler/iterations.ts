import { TICKS } from "../core/time";
import { Price } from "../latency/latency";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/** Up to these, nanoseconds and ticks are summed exactly. */
const NS_LIMIT: f64 = 4503599627370496; // 2^52
const TICKS_LIMIT: f64 = NS_LIMIT / TICKS;

/**
 * How many iterations pass before any decision can differ from this round's: nobody ends before, memory is not so short that a group
 * could be refused, whoever needs more of it on the way. An arrival may make it earlier.
 */
export function quietIterations(state: ServingState, round: Round, price: Price): i32 {
  if (round.prefills > 0 || !round.decodes) return 1;
  if (round.preemptions + round.failures + round.dismissals > 0) return 1;
  const running = state.running;
  const quiet = min(running.ticksToFinish(), price.steps);
  const growthSlots = state.allocator.growthSlots;
  return stepsInMemory(
    state,
    round,
    stepsSummedExactly(running.sequences, growthSlots, price, quiet),
  );
}

/** How many of `steps` iterations there is room for, however much of it is asked for on the way. The first has its room. */
function stepsInMemory(state: ServingState, round: Round, steps: i32): i32 {
  const running = state.running;
  const growthSlots = state.allocator.growthSlots;
  if (steps === 1 || growthSlots === 0) return steps;
  // A room is a unit of the pool.
  const budget = state.allocator.units.freeCount - round.dueLater - running.widest;
  return 1 + running.growing.ticksWithin(budget, running.tick + 1, steps - 1);
}

/** What metrics sum over the steps must stay a safe integer: growth, in slots, times the time since the first step. */
export function stepsSummedExactly(
  sequences: i32,
  growthSlots: i32,
  price: Price,
  limit: i32,
): i32 {
  for (let steps = limit; steps > 1; steps >>= 1) {
    const squares = <f64>sequences * max(steps, growthSlots) * steps;
    const ns = squares * (price.first.ns + steps * price.growth.ns);
    if (ns <= NS_LIMIT && squares * steps <= TICKS_LIMIT) return steps;
  }
  return 1;
}
