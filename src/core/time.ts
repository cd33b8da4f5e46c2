import { assert } from "./assert.ts";

/**
 * Simulated time is counted in whole nanoseconds plus a fraction in units of 2^-20 ns ("ticks"), both held as
 * integers in doubles. 2^53 ns are 104 days; a coefficient of 1 ns is represented to 5e-7, one of 100 ns to 5e-9.
 * All sums are exact, so adding k steps one by one and adding them by the closed form, as the engine does (engine/core/time.ts), give the
 * same bits.
 */
export type Nanoseconds = number;

/** What is wrong where time runs out, in the engine too (engine/core/time.ts). */
export const TOO_LATE = "simulated time exceeds 104 days";

/** A run that lasts longer than can be simulated: the message is one line for a person. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";

  constructor() {
    super(
      `${TOO_LATE}, the longest that can be; lower workload.requests, thinkTime or the step times of latency, or raise rate`,
    );
  }
}

/** Ticks in a nanosecond. */
export const TICKS_PER_NANOSECOND = 2 ** 20;

/** Nanoseconds in a second. */
export const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** The last nanosecond that can be simulated (104 days). */
export const TIME_LIMIT_NS: Nanoseconds = Number.MAX_SAFE_INTEGER;

/** An exact instant or duration: `ns` ≥ 0 whole nanoseconds and 0 ≤ `ticks` < 2^20. */
export interface ExactTime {
  readonly ns: Nanoseconds;
  readonly ticks: number;
}

/** Normalises `ns` + `ticks`·2^-20 ns, where both are safe integers ≥ 0 and `ticks` may exceed 2^20. */
export function exactTime(ns: number, ticks: number): ExactTime {
  assert(Number.isSafeInteger(ticks), TOO_LATE);
  const carry = Math.floor(ticks / TICKS_PER_NANOSECOND);
  const sum = ns + carry;
  assert(sum >= 0 && sum <= TIME_LIMIT_NS, TOO_LATE);
  return { ns: sum, ticks: ticks - carry * TICKS_PER_NANOSECOND };
}

/** A duration given in nanoseconds as a real number ≥ 0, rounded to the nearest tick. */
export function fromNanoseconds(ns: number): ExactTime {
  const whole = Math.floor(ns);
  return exactTime(whole, Math.round((ns - whole) * TICKS_PER_NANOSECOND));
}

/** Seconds as a real number, rounded to the nearest nanosecond. */
export function secondsToNanoseconds(seconds: number): Nanoseconds {
  return Math.round(seconds * NANOSECONDS_PER_SECOND);
}

/** Nanoseconds as seconds, for results; rounded as a double is. */
export function nanosecondsToSeconds(ns: Nanoseconds): number {
  return ns / NANOSECONDS_PER_SECOND;
}

/** The start of a run, and the duration of nothing. */
export const ZERO_TIME: ExactTime = { ns: 0, ticks: 0 };
