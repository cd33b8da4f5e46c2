import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { Population } from "../../src/metrics/population.ts";

const TICKS = BigInt(TICKS_PER_NANOSECOND);

/** What happens to requests, where it may: each step moves one, or some, and says how present and running change. */
const step = fc.record({
  gapNs: fc.oneof(
    fc.nat(1000),
    fc.integer({ min: 0, max: 2 ** 38 + 2 }),
    fc.integer({ min: 2 ** 38, max: 2 ** 45 }),
  ),
  kind: fc.constantFrom("enter", "leave", "start", "stop", "complete", "swap out", "swap in"),
  sequences: fc.integer({ min: 1, max: 4 }),
});

it("integrates who waits, runs and is swapped out exactly, however much time passes between changes and in all", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(2 ** 40), (steps, fromNs) => {
      const population = new Population(fromNs, "end");
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
          population.enter(nowNs);
          level.waiting += 1;
        } else if (kind === "leave" && level.waiting > 0) {
          population.leave(nowNs);
          level.waiting -= 1;
        } else if (kind === "start" && level.waiting > 0) {
          population.start(sequences, nowNs);
          widths.push(sequences);
          level.waiting -= 1;
          level.running += 1;
          level.sequences += sequences;
        } else if (kind === "stop" && widths.length > 0) {
          const width = widths.pop()!;
          population.stop(width, nowNs);
          level.waiting += 1;
          level.running -= 1;
          level.sequences -= width;
        } else if (kind === "complete" && widths.at(-1) === 1) {
          population.complete(nowNs);
          widths.pop();
          level.running -= 1;
          level.sequences -= 1;
        } else if (kind === "swap out" && level.waiting > 0) {
          population.swap(1, nowNs);
          level.waiting -= 1;
          level.swapped += 1;
        } else if (kind === "swap in" && level.swapped > 0) {
          population.swap(-1, nowNs);
          level.waiting += 1;
          level.swapped -= 1;
        }
      }
      population.finish(nowNs);
      expect(population.windowTotals()).toEqual(expected);
    }),
  );
});
