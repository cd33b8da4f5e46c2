import { assert, fail } from "./assert.ts";
import { DOUBLE } from "./double.ts";

/**
 * Simulated time is counted in whole nanoseconds plus a fraction in units of 2^-20 ns ("ticks"), both held as
 * integers in doubles. 2^53 ns are 104 days; a coefficient of 1 ns is represented to 5e-7, one of 100 ns to 5e-9.
 * All sums are exact, so adding k steps one by one and adding them by the closed form give the same bits.
 */
export type Nanoseconds = number;

// What V8 makes of this module has its own constants in it, while exported ones are looked up (docs/performance.md).
const TICKS = 2 ** 20;
const LIMIT_NS = Number.MAX_SAFE_INTEGER;
const LIMIT_TICKS = Number.MAX_SAFE_INTEGER;
const TOO_LATE = "simulated time exceeds 104 days";

/** Ticks in a nanosecond. */
export const TICKS_PER_NANOSECOND = TICKS;

/** Nanoseconds in a second. */
export const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** The last nanosecond that can be simulated (104 days). */
export const TIME_LIMIT_NS: Nanoseconds = LIMIT_NS;

/** An exact instant or duration: `ns` ≥ 0 whole nanoseconds and 0 ≤ `ticks` < 2^20. */
export interface ExactTime {
  readonly ns: Nanoseconds;
  readonly ticks: number;
}

/** Normalises `ns` + `ticks`·2^-20 ns, where both are safe integers ≥ 0 and `ticks` may exceed 2^20. */
export function exactTime(ns: number, ticks: number): ExactTime {
  assert(Number.isSafeInteger(ticks), TOO_LATE);
  const carry = Math.floor(ticks / TICKS);
  const time = new Clock();
  time.ns = ns + carry;
  time.ticks = ticks - carry * TICKS;
  assert(time.ns >= 0 && time.ns <= LIMIT_NS, TOO_LATE);
  return time;
}

/** A duration given in nanoseconds as a real number ≥ 0, rounded to the nearest tick. */
export function fromNanoseconds(ns: number): ExactTime {
  const whole = Math.floor(ns);
  return exactTime(whole, Math.round((ns - whole) * TICKS));
}

/** `a` − `b`; `a` must not be earlier. */
export function subtractTime(a: ExactTime, b: ExactTime): ExactTime {
  const borrow = a.ticks < b.ticks ? 1 : 0;
  return exactTime(a.ns - b.ns - borrow, a.ticks - b.ticks + borrow * TICKS);
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

/** `clock` becomes `ns` and `ticks` together; there may be more ticks than a nanosecond has. */
const setCarried = (clock: Clock, ns: Nanoseconds, ticks: number): void => {
  const carry = Math.floor(ticks / TICKS);
  const sum = ns + carry;
  clock.ticks = ticks - carry * TICKS;
  clock.ns = sum;
  if (!(sum <= LIMIT_NS && ticks <= LIMIT_TICKS)) fail(TOO_LATE);
};

/** An exact instant that moves on: what changes with every iteration is changed in place. */
export class Clock implements ExactTime {
  ns: Nanoseconds = DOUBLE;
  ticks = DOUBLE;

  constructor() {
    this.setNs(0);
  }

  set(time: ExactTime): void {
    this.ns = time.ns;
    this.ticks = time.ticks;
  }

  /** Moves to a whole nanosecond. */
  setNs(ns: Nanoseconds): void {
    this.ns = ns;
    this.ticks = 0;
  }

  add(duration: ExactTime): void {
    setCarried(this, this.ns + duration.ns, this.ticks + duration.ticks);
  }

  /** Moves on by a real number of nanoseconds ≥ 0, rounded to the nearest tick. */
  addNanoseconds(ns: number): void {
    const whole = Math.floor(ns);
    setCarried(this, this.ns + whole, this.ticks + Math.round((ns - whole) * TICKS));
  }

  /** Becomes `base` + `a` × `times` + `b` × `more`; both counts are integers ≥ 0. */
  setMultiples(base: ExactTime, a: ExactTime, times: number, b: ExactTime, more: number): void {
    setCarried(
      this,
      base.ns + a.ns * times + b.ns * more,
      base.ticks + a.ticks * times + b.ticks * more,
    );
  }

  /** Becomes `count` × `duration`; `count` an integer ≥ 0. */
  setMultiple(duration: ExactTime, count: number): void {
    setCarried(this, duration.ns * count, duration.ticks * count);
  }

  /** Becomes `start` and the first `steps` durations of `series`. */
  setAfter(start: ExactTime, { first, growth }: StepSeries, steps: number): void {
    const pairs = 0.5 * steps * (steps - 1);
    setCarried(
      this,
      start.ns + first.ns * steps + growth.ns * pairs,
      start.ticks + first.ticks * steps + growth.ticks * pairs,
    );
  }

  /** Nanoseconds and ticks from `start` on; `start` must not be later. */
  setDifference(end: ExactTime, start: ExactTime): void {
    const ticks = end.ticks - start.ticks;
    const ns = end.ns - start.ns - (ticks < 0 ? 1 : 0);
    this.ns = ns;
    this.ticks = ticks < 0 ? ticks + TICKS : ticks;
    if (!(ns >= 0)) fail("a duration is less than nothing");
  }
}

/** The start of a run, and the duration of nothing. */
export const ZERO_TIME: ExactTime = new Clock();

/** The smallest number of steps, at most `limit`, whose total is at least `duration`. */
export function stepsToCover(series: StepSeries, duration: ExactTime, limit: number): number {
  let steps = Math.min(limit, Math.ceil(stepsGuess(series, duration)));
  while (steps > 0 && compareTotal(series, steps - 1, duration) >= 0) steps -= 1;
  while (steps < limit && compareTotal(series, steps, duration) < 0) steps += 1;
  return steps;
}

/** The largest number of steps, at most `limit`, whose total is at most `duration`. */
export function stepsWithin(series: StepSeries, duration: ExactTime, limit: number): number {
  let steps = Math.min(limit, Math.floor(stepsGuess(series, duration)));
  while (steps < limit && compareTotal(series, steps + 1, duration) <= 0) steps += 1;
  while (steps > 0 && compareTotal(series, steps, duration) > 0) steps -= 1;
  return steps;
}

/** Where the total as a function of a real number of steps reaches `duration`, about; ≥ 0. */
function stepsGuess({ first, growth }: StepSeries, duration: ExactTime): number {
  const slope = growth.ns + growth.ticks / TICKS;
  const linear = first.ns + first.ticks / TICKS - slope / 2;
  const target = duration.ns + duration.ticks / TICKS;
  const guess = (2 * target) / (linear + Math.sqrt(linear * linear + 2 * slope * target));
  return guess >= 0 ? guess : 0;
}

/** Negative, zero or positive, as the total of the first `steps` steps is less than `duration`, the same or more. */
function compareTotal({ first, growth }: StepSeries, steps: number, duration: ExactTime): number {
  const pairs = 0.5 * steps * (steps - 1);
  const ticks = first.ticks * steps + growth.ticks * pairs - duration.ticks;
  const carry = Math.floor(ticks / TICKS);
  const ns = first.ns * steps + growth.ns * pairs - duration.ns + carry;
  return ns || ticks - carry * TICKS;
}
