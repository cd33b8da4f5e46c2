import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ExactTime,
  exactTime,
  fromNanoseconds,
  TICKS_PER_NANOSECOND,
} from "../../../src/core/time.ts";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  | ("clock" | "setNs" | "setCarried" | "set" | "add" | "addNanoseconds" | "setAfter")
  | ("setDifference" | "ns" | "ticks" | "compare" | "series" | "first" | "growth")
  | ("stepsToCover" | "stepsWithin" | "mostSteps" | "ticksPerNanosecond")
>(`
  import { Clock, compareTime, MAX_SERIES_STEPS, StepSeries, TICKS } from "./engine/core/time";
  export function clock(): Clock { return new Clock(); }
  export function setNs(clock: Clock, ns: f64): void { clock.setNs(ns); }
  export function setCarried(clock: Clock, ns: f64, ticks: f64): void { clock.setCarried(ns, ticks); }
  export function set(clock: Clock, time: Clock): void { clock.set(time); }
  export function add(clock: Clock, duration: Clock): void { clock.add(duration); }
  export function addNanoseconds(clock: Clock, ns: f64): void { clock.addNanoseconds(ns); }
  export function setAfter(clock: Clock, start: Clock, series: StepSeries, steps: f64): void {
    clock.setAfter(start, series, steps);
  }
  export function setDifference(clock: Clock, end: Clock, start: Clock): void {
    clock.setDifference(end, start);
  }
  export function ns(clock: Clock): f64 { return clock.ns; }
  export function ticks(clock: Clock): f64 { return clock.ticks; }
  export function compare(a: Clock, b: Clock): f64 { return compareTime(a, b); }
  export function series(): StepSeries { return new StepSeries(); }
  export function first(series: StepSeries): Clock { return series.first; }
  export function growth(series: StepSeries): Clock { return series.growth; }
  export function stepsToCover(series: StepSeries, duration: Clock, limit: i32): i32 {
    return series.stepsToCover(duration, limit);
  }
  export function stepsWithin(series: StepSeries, duration: Clock, limit: i32): i32 {
    return series.stepsWithin(duration, limit);
  }
  export function mostSteps(): i32 { return MAX_SERIES_STEPS; }
  export function ticksPerNanosecond(): f64 { return TICKS; }
`);

const TICKS = BigInt(TICKS_PER_NANOSECOND);

interface Series {
  readonly first: ExactTime;
  readonly growth: ExactTime;
}

const time = (maxNs: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: maxNs }), fc.integer({ min: 0, max: Number(TICKS) - 1 }))
    .map(([ns, ticks]) => exactTime(ns, ticks));
const series = fc
  .tuple(time(100_000_000), time(1_000_000))
  .map(([first, growth]) => ({ first, growth }));
const steps = fc.integer({ min: 0, max: engine.mostSteps() });

const inTicks = ({ ns, ticks }: ExactTime) => BigInt(ns) * TICKS + BigInt(ticks);
const read = (clock: number): ExactTime => ({ ns: engine.ns(clock), ticks: engine.ticks(clock) });
const ticksOf = (clock: number) => inTicks(read(clock));

/** A clock that shows a time. */
function clockAt({ ns, ticks }: ExactTime): number {
  const clock = engine.clock();
  engine.setCarried(clock, ns, ticks);
  return clock;
}

function seriesOf({ first, growth }: Series): number {
  const made = engine.series();
  engine.set(engine.first(made), clockAt(first));
  engine.set(engine.growth(made), clockAt(growth));
  return made;
}

/** What a clock shows after `count` durations from `start` on. */
function totalAfter(start: number, of: Series, count: number): number {
  const clock = engine.clock();
  engine.setAfter(clock, start, seriesOf(of), count);
  return clock;
}

describe("exact time in the engine", () => {
  it("has the ticks that the time outside has", () => {
    expect(engine.ticksPerNanosecond()).toBe(TICKS_PER_NANOSECOND);
  });

  it("adds, subtracts, carries and compares like integers of ticks", () => {
    fc.assert(
      fc.property(time(2 ** 50), time(2 ** 40), fc.maxSafeNat(), (a, b, many) => {
        const clock = clockAt(a);
        engine.add(clock, clockAt(b));
        expect(ticksOf(clock)).toBe(inTicks(a) + inTicks(b));
        engine.setCarried(clock, a.ns, many);
        expect(ticksOf(clock)).toBe(BigInt(a.ns) * TICKS + BigInt(many));
        expect(engine.ticks(clock)).toBeLessThan(TICKS_PER_NANOSECOND);
        const [low, high] = inTicks(a) <= inTicks(b) ? [a, b] : [b, a];
        engine.setDifference(clock, clockAt(high), clockAt(low));
        expect(ticksOf(clock)).toBe(inTicks(high) - inTicks(low));
        expect(Math.sign(engine.compare(clockAt(a), clockAt(b)))).toBe(
          inTicks(a) < inTicks(b) ? -1 : inTicks(a) > inTicks(b) ? 1 : 0,
        );
        engine.setNs(clock, a.ns);
        expect(read(clock)).toEqual({ ns: a.ns, ticks: 0 });
      }),
    );
  });

  it("rounds real numbers of nanoseconds as the time outside does, to the nearest tick", () => {
    const real = fc.oneof(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 30 }).map((halves) => halves / 2 ** 21),
    );
    fc.assert(
      fc.property(real, time(2 ** 40), (ns, start) => {
        const clock = engine.clock();
        engine.addNanoseconds(clock, ns);
        expect(read(clock)).toEqual({ ...fromNanoseconds(ns) });
        const later = clockAt(start);
        engine.addNanoseconds(later, ns);
        expect(ticksOf(later)).toBe(inTicks(start) + inTicks(fromNanoseconds(ns)));
      }),
    );
  });

  it("gives a series the same total as its steps added one by one, however it is cut", () => {
    fc.assert(
      fc.property(series, steps, fc.nat(), time(2 ** 40), (s, k, at, start) => {
        const cut = k === 0 ? 0 : at % (k + 1);
        let oneByOne = inTicks(start);
        for (let step = 0; step < k; step += 1)
          oneByOne += inTicks(s.first) + BigInt(step) * inTicks(s.growth);
        expect(ticksOf(totalAfter(clockAt(start), s, k))).toBe(oneByOne);
        const restFirst = exactTime(
          s.first.ns + cut * s.growth.ns,
          s.first.ticks + cut * s.growth.ticks,
        );
        const rest = { first: restFirst, growth: s.growth };
        expect(ticksOf(totalAfter(totalAfter(clockAt(start), s, cut), rest, k - cut))).toBe(
          oneByOne,
        );
      }),
    );
  });

  it("finds the first step that covers a duration and the last within it", () => {
    fc.assert(
      fc.property(series, steps, time(2 ** 36), (s, limit, duration) => {
        const total = (count: number) => ticksOf(totalAfter(engine.clock(), s, count));
        const [inEngine, wanted] = [seriesOf(s), inTicks(duration)];
        const found = engine.stepsToCover(inEngine, clockAt(duration), limit);
        if (found < limit) expect(total(found) >= wanted).toBe(true);
        if (found > 0) expect(total(found - 1) < wanted).toBe(true);
        const within = engine.stepsWithin(inEngine, clockAt(duration), limit);
        expect(total(within) <= wanted).toBe(true);
        if (within < limit) expect(total(within + 1) > wanted).toBe(true);
      }),
    );
  });

  it("refuses to go past 104 days instead of losing nanoseconds, and to run backwards", () => {
    const clock = clockAt({ ns: Number.MAX_SAFE_INTEGER, ticks: 0 });
    expect(() => engine.add(clock, clockAt({ ns: 1, ticks: 0 }))).toThrow("104 days");
    expect(() => engine.setCarried(clock, 0, 2 ** 53)).toThrow("104 days");
    const [early, late] = [clockAt({ ns: 5, ticks: 1 }), clockAt({ ns: 5, ticks: 2 })];
    expect(() => engine.setDifference(clock, early, late)).toThrow("less than nothing");
  });
});
