/** Ticks in a nanosecond. */
export const TICKS: f64 = 1048576; // 2^20
const LIMIT: f64 = 9007199254740991; // 2^53 − 1

/** To convert what is known in seconds. */
export const NANOSECONDS_PER_SECOND: f64 = 1000000000;

/** The longest run of steps that a series sums in one go: keeps every intermediate below 2^53. */
export const MAX_SERIES_STEPS: i32 = 1024;

/** An exact instant or duration that moves on: `ns` ≥ 0 whole nanoseconds and 0 ≤ `ticks` < 2^20 (src/core/time.ts). */
@final
export class Clock {
  ns: f64 = 0;
  ticks: f64 = 0;

  @inline
  set(time: Clock): void {
    this.ns = time.ns;
    this.ticks = time.ticks;
  }

  /** Moves to a whole nanosecond. */
  @inline
  setNs(ns: f64): void {
    this.ns = ns;
    this.ticks = 0;
  }

  /** Becomes `ns` and `ticks` together; there may be more ticks than a nanosecond has. */
  @inline
  setCarried(ns: f64, ticks: f64): void {
    const carry = floor(ticks / TICKS);
    const sum = ns + carry;
    this.ns = sum;
    this.ticks = ticks - carry * TICKS;
    assert(sum <= LIMIT && ticks <= LIMIT, "simulated time exceeds 104 days");
  }

  @inline
  add(duration: Clock): void {
    this.setCarried(this.ns + duration.ns, this.ticks + duration.ticks);
  }

  /** Moves on by a real number of nanoseconds ≥ 0, rounded to the nearest tick. */
  addNanoseconds(ns: f64): void {
    const whole = floor(ns);
    this.setCarried(this.ns + whole, this.ticks + floor((ns - whole) * TICKS + 0.5));
  }

  /** Becomes `start` and the first `steps` durations of a series. */
  @inline
  setAfter(start: Clock, series: StepSeries, steps: f64): void {
    const first = series.first;
    const growth = series.growth;
    const pairs = 0.5 * steps * (steps - 1);
    this.setCarried(
      start.ns + first.ns * steps + growth.ns * pairs,
      start.ticks + first.ticks * steps + growth.ticks * pairs,
    );
  }

  /** Becomes the time from `start` to `end`, which is not earlier. */
  @inline
  setDifference(end: Clock, start: Clock): void {
    const ticks = end.ticks - start.ticks;
    this.ns = end.ns - start.ns - (ticks < 0 ? 1 : 0);
    this.ticks = ticks < 0 ? ticks + TICKS : ticks;
    assert(this.ns >= 0, "a duration is less than nothing");
  }
}

/** The durations of consecutive steps that grow by a constant: step j (from 0) lasts `first` + j·`growth`. */
export class StepSeries {
  readonly first: Clock = new Clock();
  readonly growth: Clock = new Clock();

  /** The smallest number of steps, at most `limit`, whose total is at least `duration`. */
  stepsToCover(duration: Clock, limit: i32): i32 {
    let steps = min(limit, <i32>min(ceil(this.guess(duration)), <f64>limit));
    while (steps > 0 && this.compareTotal(steps - 1, duration) >= 0) steps -= 1;
    while (steps < limit && this.compareTotal(steps, duration) < 0) steps += 1;
    return steps;
  }

  /** The largest number of steps, at most `limit`, whose total is at most `duration`. */
  stepsWithin(duration: Clock, limit: i32): i32 {
    let steps = min(limit, <i32>min(floor(this.guess(duration)), <f64>limit));
    while (steps < limit && this.compareTotal(steps + 1, duration) <= 0) steps += 1;
    while (steps > 0 && this.compareTotal(steps, duration) > 0) steps -= 1;
    return steps;
  }

  /** Where the total as a function of a real number of steps reaches `duration`, about; ≥ 0. */
  private guess(duration: Clock): f64 {
    const slope = this.growth.ns + this.growth.ticks / TICKS;
    const linear = this.first.ns + this.first.ticks / TICKS - slope / 2;
    const target = duration.ns + duration.ticks / TICKS;
    const guess = (2 * target) / (linear + sqrt(linear * linear + 2 * slope * target));
    return guess >= 0 ? guess : 0;
  }

  /** Negative, zero or positive, as the total of the first `steps` steps is less than `duration`, the same or more. */
  private compareTotal(steps: f64, duration: Clock): f64 {
    const pairs = 0.5 * steps * (steps - 1);
    const ticks = this.first.ticks * steps + this.growth.ticks * pairs - duration.ticks;
    const carry = floor(ticks / TICKS);
    const ns = this.first.ns * steps + this.growth.ns * pairs - duration.ns + carry;
    return ns !== 0 ? ns : ticks - carry * TICKS;
  }
}

/** Negative, zero or positive, as `a` is before, at or after `b`. */
export function compareTime(a: Clock, b: Clock): f64 {
  return a.ns !== b.ns ? a.ns - b.ns : a.ticks - b.ticks;
}
