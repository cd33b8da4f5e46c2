import fc from "fast-check";
import { expect, it } from "vitest";
import { Growth, type HandedOut, inRuns, RUN } from "../../src/core/growth.ts";

interface Entry {
  readonly step: number;
  readonly grown: number;
  readonly unneeded: number;
  readonly evicted: number;
}

type Amount = "grown" | "unneeded" | "evicted";

const AMOUNTS: readonly Amount[] = ["grown", "unneeded", "evicted"];

/** What is handed out in a series, step after step. */
const series = fc
  .array(
    fc.record({
      step: fc.nat(60),
      grown: fc.integer({ min: 1, max: 50 }),
      unneeded: fc.nat(100),
      evicted: fc.nat(50),
    }),
    { maxLength: 100, size: "max" },
  )
  .map((entries) => entries.sort((a, b) => a.step - b.step));

function tell(growth: Growth, entries: readonly Entry[]): void {
  entries.forEach(({ step, grown, unneeded, evicted }, run) => {
    growth.add(step, grown, 100 * run);
    if (unneeded > 0) growth.lose(step, unneeded);
    growth.runs[(run << RUN.BITS) | RUN.EVICTED] = evicted;
  });
  growth.sum();
}

/** How many iterations, and how many pairs of them, have ended for each of an amount when it is handed out, visited one by one. */
function sums(entries: readonly Entry[], amount: Amount, until: number): Partial<HandedOut> {
  const sum = { total: 0, linear: 0, square: 0, later: 0 };
  for (const { step, ...entry } of entries) {
    sum.total += entry[amount];
    if (step > until) sum.later += entry[amount];
    else
      for (let ended = 0; ended < step; ended += 1) {
        sum.linear += entry[amount];
        sum.square += entry[amount] * ended;
      }
  }
  return sum;
}

function expectSums(growth: Growth, entries: readonly Entry[], until: number): void {
  for (const amount of AMOUNTS)
    expect({ ...growth[amount] }, amount).toEqual(sums(entries, amount, until));
}

it("sums what was handed out, and when, of one series after the other and of its first steps", () => {
  const edges = fc.array(fc.nat(60));
  fc.assert(
    fc.property(fc.array(fc.tuple(series, edges), { maxLength: 4 }), (all) => {
      const whole = new Growth();
      const part = new Growth();
      for (const [entries, untils] of all) {
        whole.clear();
        tell(whole, entries);
        expectSums(whole, entries, Number.POSITIVE_INFINITY);
        for (const until of untils) {
          part.takeUntil(until, whole);
          expectSums(part, entries, until);
        }
      }
    }),
  );
});

it("knows who is in which runs", () => {
  const growth = new Growth();
  const column = Int32Array.from([7, 3, 9, 5, 1]);
  growth.add(0, 2, 3);
  growth.add(1, 3, 0);
  growth.add(2, 1, 1);
  expect([...inRuns(column, growth.runs, 0, growth.count)]).toEqual([5, 1, 7, 3, 9, 3]);
  expect([...inRuns(column, growth.runs, 1, 2)]).toEqual([7, 3, 9]);
});
