import { assert } from "./assert.ts";

/**
 * Simulated time is counted in whole nanoseconds plus a fraction in units of 2^-20 ns ("ticks"), both held as
 * integers in doubles. 2^53 ns are 104 days; a coefficient of 1 ns is represented to 5e-7, one of 100 ns to 5e-9.
 * All sums are exact, so adding k steps one by one and adding them by the closed form give the same bits.
 */
export type Nanoseconds = number;

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

/** The start of a run, and the duration of nothing. */
export const ZERO_TIME: ExactTime = { ns: 0, ticks: 0 };

/** Normalises `ns` + `ticks`·2^-20 ns, where both are safe integers ≥ 0 and `ticks` may exceed 2^20. */
export function exactTime(ns: number, ticks: number): ExactTime {
  const carry = Math.floor(ticks / TICKS_PER_NANOSECOND);
  const time = { ns: ns + carry, ticks: ticks - carry * TICKS_PER_NANOSECOND };
  assert(
    time.ns >= 0 && time.ns <= TIME_LIMIT_NS && Number.isSafeInteger(ticks),
    "simulated time exceeds 104 days",
  );
  return time;
}

/** A duration given in nanoseconds as a real number ≥ 0, rounded to the nearest tick. */
export function fromNanoseconds(ns: number): ExactTime {
  const whole = Math.floor(ns);
  return exactTime(whole, Math.round((ns - whole) * TICKS_PER_NANOSECOND));
}

/** `a` + `b`, exactly. */
export function addTime(a: ExactTime, b: ExactTime): ExactTime {
  return exactTime(a.ns + b.ns, a.ticks + b.ticks);
}

/** `a` − `b`; `a` must not be earlier. */
export function subtractTime(a: ExactTime, b: ExactTime): ExactTime {
  const borrow = a.ticks < b.ticks ? 1 : 0;
  return exactTime(a.ns - b.ns - borrow, a.ticks - b.ticks + borrow * TICKS_PER_NANOSECOND);
}

/** `count` × `time`, exactly; `count` an integer ≥ 0. */
export function multiplyTime(time: ExactTime, count: number): ExactTime {
  const ns = time.ns * count;
  const ticks = time.ticks * count;
  assert(Number.isSafeInteger(ns) && Number.isSafeInteger(ticks), "duration exceeds 104 days");
  return exactTime(ns, ticks);
}

/** Negative, zero or positive, as `a` is before, at or after `b`. */
export function compareTime(a: ExactTime, b: ExactTime): number {
  return a.ns - b.ns || a.ticks - b.ticks;
}

/** Seconds as a real number, rounded to the nearest nanosecond. */
export function secondsToNanoseconds(seconds: number): Nanoseconds {
  return Math.round(seconds * NANOSECONDS_PER_SECOND);
}

/** Nanoseconds as seconds, for results; rounded as a double is. */
export function nanosecondsToSeconds(ns: Nanoseconds): number {
  return ns / NANOSECONDS_PER_SECOND;
}

/**
 * The longest run of steps that a {@link StepSeries} sums in one go: keeps every intermediate below 2^53.
 * A longer quiet stretch is simply several series.
 */
export const MAX_SERIES_STEPS = 1024;

/** The durations of consecutive steps that grow by a constant: step j (from 0) lasts `first` + j·`growth`. */
export interface StepSeries {
  readonly first: ExactTime;
  readonly growth: ExactTime;
}

/** Σ over the first `steps` durations of `series`, exactly. */
export function seriesTotal(series: StepSeries, steps: number): ExactTime {
  const pairs = (steps * (steps - 1)) / 2;
  return exactTime(
    series.first.ns * steps + series.growth.ns * pairs,
    series.first.ticks * steps + series.growth.ticks * pairs,
  );
}

/** Σ j·(duration of step j) over the first `steps` steps, exactly: the weight of a quantity that grows by one a step. */
export function seriesMoment(series: StepSeries, steps: number): ExactTime {
  const pairs = (steps * (steps - 1)) / 2;
  const squares = ((steps - 1) * steps * (2 * steps - 1)) / 6;
  return exactTime(
    series.first.ns * pairs + series.growth.ns * squares,
    series.first.ticks * pairs + series.growth.ticks * squares,
  );
}

/** The series that is left after its first `steps` steps. */
export function seriesAfter(series: StepSeries, steps: number): StepSeries {
  return {
    first: addTime(series.first, multiplyTime(series.growth, steps)),
    growth: series.growth,
  };
}

/** The smallest number of steps, at most `limit`, whose total is at least `duration`. */
export function stepsToCover(series: StepSeries, duration: ExactTime, limit: number): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareTime(seriesTotal(series, middle), duration) >= 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
