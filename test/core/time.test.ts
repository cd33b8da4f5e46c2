import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Clock,
  compareTime,
  type ExactTime,
  exactTime,
  fromNanoseconds,
  MAX_SERIES_STEPS,
  type StepSeries,
  stepsToCover,
  stepsWithin,
  subtractTime,
  TICKS_PER_NANOSECOND,
} from "../../src/core/time.ts";

const ticksOf = ({ ns, ticks }: ExactTime) =>
  BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);
const time = (maxNs: number) =>
  fc
    .tuple(
      fc.integer({ min: 0, max: maxNs }),
      fc.integer({ min: 0, max: TICKS_PER_NANOSECOND - 1 }),
    )
    .map(([ns, ticks]) => exactTime(ns, ticks));
const series = fc
  .tuple(time(100_000_000), time(1_000_000))
  .map(([first, growth]) => ({ first, growth }));
const steps = fc.integer({ min: 0, max: MAX_SERIES_STEPS });

/** Σ over the first `count` durations. */
function seriesTotal(of: StepSeries, count: number): ExactTime {
  const clock = new Clock();
  clock.setAfter(clock, of, count);
  return clock;
}

/** `a` + `times` × `b`. */
function sum(a: ExactTime, b: ExactTime, times: number): ExactTime {
  const clock = new Clock();
  clock.setMultiple(b, times);
  clock.add(a);
  return clock;
}

describe("exact time", () => {
  it("adds, subtracts, multiplies and compares like integers of ticks", () => {
    fc.assert(
      fc.property(time(2 ** 50), time(2 ** 40), fc.integer({ min: 0, max: 2 ** 12 }), (a, b, k) => {
        expect(ticksOf(sum(a, b, 1))).toBe(ticksOf(a) + ticksOf(b));
        expect(ticksOf(sum(a, b, k))).toBe(ticksOf(a) + ticksOf(b) * BigInt(k));
        const [low, high] = compareTime(a, b) <= 0 ? [a, b] : [b, a];
        expect(ticksOf(subtractTime(high, low))).toBe(ticksOf(high) - ticksOf(low));
        const clock = new Clock();
        clock.setDifference(high, low);
        expect(ticksOf(clock)).toBe(ticksOf(high) - ticksOf(low));
        expect(Math.sign(compareTime(a, b))).toBe(
          ticksOf(a) < ticksOf(b) ? -1 : ticksOf(a) > ticksOf(b) ? 1 : 0,
        );
      }),
    );
  });

  it("gives a series the same total as its steps added one by one, however it is cut", () => {
    fc.assert(
      fc.property(series, steps, fc.nat(), (s, k, at) => {
        const cut = k === 0 ? 0 : at % (k + 1);
        let oneByOne = 0n;
        for (let step = 0; step < k; step += 1) {
          oneByOne += ticksOf(s.first) + BigInt(step) * ticksOf(s.growth);
        }
        expect(ticksOf(seriesTotal(s, k))).toBe(oneByOne);
        const rest = { first: sum(s.first, s.growth, cut), growth: s.growth };
        const clock = new Clock();
        clock.setAfter(clock, s, cut);
        clock.setAfter(clock, rest, k - cut);
        expect(ticksOf(clock)).toBe(oneByOne);
      }),
    );
  });

  it("finds the first step that covers a duration, and the last within it", () => {
    fc.assert(
      fc.property(series, steps, time(2 ** 36), (s, limit, duration) => {
        const found = stepsToCover(s, duration, limit);
        if (found < limit)
          expect(compareTime(seriesTotal(s, found), duration)).toBeGreaterThanOrEqual(0);
        if (found > 0) expect(compareTime(seriesTotal(s, found - 1), duration)).toBeLessThan(0);
        const within = stepsWithin(s, duration, limit);
        expect(compareTime(seriesTotal(s, within), duration)).toBeLessThanOrEqual(0);
        if (within < limit)
          expect(compareTime(seriesTotal(s, within + 1), duration)).toBeGreaterThan(0);
      }),
    );
  });

  it("represents coefficients of a nanosecond and more to a millionth", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ns) => {
        const { ns: whole, ticks } = fromNanoseconds(ns);
        expect(Math.abs(whole + ticks / TICKS_PER_NANOSECOND - ns) / ns).toBeLessThan(1e-6);
      }),
    );
  });

  it("refuses to go past 104 days instead of losing nanoseconds", () => {
    expect(() => exactTime(Number.MAX_SAFE_INTEGER, 2 * TICKS_PER_NANOSECOND)).toThrow("104 days");
    expect(Number.MAX_SAFE_INTEGER / 1e9 / 86_400).toBeGreaterThan(100);
  });
});
