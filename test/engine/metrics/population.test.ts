import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../../src/core/time.ts";
import { compiled } from "../compiled.ts";
import { READS_WINDOWS, windowTotalsAt } from "./windows.ts";

const engine = await compiled<
  | ("make" | "enter" | "leave" | "start" | "stop" | "complete" | "endSibling" | "swap" | "finish")
  | ("windows" | "sums" | "carried" | "windowFrom" | "windowUntil" | "windowEndNs")
>(`${READS_WINDOWS}
  import { Population } from "./engine/metrics/population";
  import { RUN_END } from "./engine/metrics/windows";
  export function make(fromNs: f64): Population { return new Population(fromNs, RUN_END); }
  export function windows(population: Population): Windows { return population.windows; }
  export function enter(population: Population, atNs: f64): void { population.enter(atNs); }
  export function leave(population: Population, atNs: f64): void { population.leave(atNs); }
  export function start(population: Population, sequences: f64, atNs: f64): void {
    population.start(sequences, atNs);
  }
  export function stop(population: Population, sequences: f64, atNs: f64): void {
    population.stop(sequences, atNs);
  }
  export function complete(population: Population, atNs: f64): void { population.complete(atNs); }
  export function endSibling(population: Population, atNs: f64): void {
    population.endSibling(atNs);
  }
  export function swap(population: Population, change: f64, atNs: f64): void {
    population.swap(change, atNs);
  }
  export function finish(population: Population, atNs: f64): void { population.finish(atNs); }
`);

const TICKS = BigInt(TICKS_PER_NANOSECOND);

/** What happens to requests, where it may: each step moves one, or some, and says how present and running change. */
const step = fc.record({
  gapNs: fc.oneof(
    fc.nat(1000),
    fc.integer({ min: 0, max: 2 ** 38 + 2 }),
    fc.integer({ min: 2 ** 38, max: 2 ** 45 }),
  ),
  kind: fc.constantFrom(
    "enter",
    "leave",
    "start",
    "stop",
    "complete",
    "end sibling",
    "swap out",
    "swap in",
  ),
  sequences: fc.integer({ min: 1, max: 4 }),
});

it("integrates who waits, runs and is swapped out exactly, however much time passes between changes and in all", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(2 ** 40), (steps, fromNs) => {
      const population = engine.make(fromNs);
      const level = { waiting: 0, running: 0, sequences: 0, swapped: 0 };
      const expected = { waiting: 0n, running: 0n, sequences: 0n, swapped: 0n };
      const widths: number[] = [];
      let nowNs = 0;
      const pass = (untilNs: number) => {
        const inWindow = BigInt(Math.max(0, untilNs - Math.max(nowNs, fromNs)));
        for (const key of ["waiting", "running", "sequences", "swapped"] as const)
          expected[key] += BigInt(level[key]) * inWindow * TICKS;
        nowNs = untilNs;
      };
      for (const { gapNs, kind, sequences } of steps) {
        pass(nowNs + gapNs);
        if (kind === "enter") {
          engine.enter(population, nowNs);
          level.waiting += 1;
        } else if (kind === "leave" && level.waiting > 0) {
          engine.leave(population, nowNs);
          level.waiting -= 1;
        } else if (kind === "start" && level.waiting > 0) {
          engine.start(population, sequences, nowNs);
          widths.push(sequences);
          level.waiting -= 1;
          level.running += 1;
          level.sequences += sequences;
        } else if (kind === "stop" && widths.length > 0) {
          const width = widths.pop()!;
          engine.stop(population, width, nowNs);
          level.waiting += 1;
          level.running -= 1;
          level.sequences -= width;
        } else if (kind === "complete" && widths.at(-1) === 1) {
          engine.complete(population, nowNs);
          widths.pop();
          level.running -= 1;
          level.sequences -= 1;
        } else if (kind === "end sibling" && (widths.at(-1) ?? 1) > 1) {
          engine.endSibling(population, nowNs);
          widths.push(widths.pop()! - 1);
          level.sequences -= 1;
        } else if (kind === "swap out" && level.waiting > 0) {
          engine.swap(population, 1, nowNs);
          level.waiting -= 1;
          level.swapped += 1;
        } else if (kind === "swap in" && level.swapped > 0) {
          engine.swap(population, -1, nowNs);
          level.waiting += 1;
          level.swapped -= 1;
        }
      }
      engine.finish(population, nowNs);
      const [present, running, swapped, siblings] = windowTotalsAt(
        engine,
        engine.windows(population),
        fromNs,
      ) as [bigint, bigint, bigint, bigint];
      expect({
        waiting: present - running - swapped,
        running,
        sequences: running + siblings,
        swapped,
      }).toEqual(expected);
    }),
  );
});
