import {
  compareTime,
  type ExactTime,
  type Nanoseconds,
  type StepSeries,
  stepsToCover,
  subtractTime,
} from "../core/time.ts";
import type { Price, Work } from "../latency/latency.ts";
import type { FreeShare } from "../metrics/shares.ts";
import type { Round, SchedulerPolicyRules } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** What the first iteration of a round's batch does. */
export function workOf(state: ServingState, round: Round): Work {
  const { running, swapping } = state;
  let prefillTokens = 0;
  let prefillSquares = 0;
  for (const group of round.prefills) {
    const prompt = group.promptTokens * group.promptTokens;
    prefillTokens += state.prefillTokens(group);
    prefillSquares += prompt + group.live * (group.knownTokens * group.knownTokens - prompt);
  }
  return {
    prefillTokens,
    prefillSquares,
    decodeSequences: round.decodes ? running.sequences : 0,
    contextTokens: round.decodes ? running.contextTokens : 0,
    copiedTokens: round.copiedTokens,
    swappedBlocks: round.swappedBlocks,
    swappedTokens: round.swappedBlocks * (swapping?.blockSlots ?? 0),
  };
}

/** Tokens that the prefilled groups emit at the end of their iteration. */
export function firstTokens(round: Round): number {
  return round.prefills.reduce((tokens, group) => tokens + group.live, 0);
}

/** What free slots are called while the batch of this round runs. */
export function freeShareOf(round: Round): FreeShare {
  if (round.refusal === null) return "idle";
  return round.refusal.reason === "hole" ? "external" : "remainder";
}

/**
 * How many iterations pass before any decision can differ from this round's: nobody needs room or ends before, memory is not so
 * short that a group could be refused with room in hand, and no arrival that matters has come.
 */
export function quietIterations(
  state: ServingState,
  policy: SchedulerPolicyRules,
  round: Round,
  price: Price,
  start: ExactTime,
  nextArrivalNs: Nanoseconds | null,
): number {
  if (round.prefills.length > 0 || !round.decodes) return 1;
  if (round.preempted || round.failed || round.dismissed) return 1;
  const { running, allocator, limits } = state;
  if (allocator.freeSlots < running.widest * allocator.growthSlots) return 1;
  const steps = Math.min(running.quietTicks(), price.steps);
  const heeds = policy.heedsArrivals(state) || limits.maxWaiting !== null;
  return iterationsUntil(price.series, steps, start, heeds, nextArrivalNs);
}

/** How many of at most `limit` iterations from `start` on begin before the next arrival, if arrivals matter. */
export function iterationsUntil(
  series: StepSeries,
  limit: number,
  start: ExactTime,
  heedsArrivals: boolean,
  nextArrivalNs: Nanoseconds | null,
): number {
  // Only iterations shorter than a nanosecond can end in one nanosecond with an arrival between them.
  const heeds = heedsArrivals || series.first.ns === 0;
  if (limit === 1 || nextArrivalNs === null || !heeds) return limit;
  const arrival = { ns: nextArrivalNs, ticks: 0 };
  if (compareTime(arrival, start) <= 0) return 1;
  return stepsToCover(series, subtractTime(arrival, start), limit);
}
