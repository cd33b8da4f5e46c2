import fc from "fast-check";
import { expect, it } from "vitest";
import { Growth, HandedOut } from "../../src/core/growth.ts";

/** So much is handed out in a step, and again every period, so many times in all. */
interface Entry {
  readonly amount: number;
  readonly step: number;
  readonly times: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  amount: fc.integer({ min: 1, max: 50 }),
  step: fc.nat(60),
  times: fc.integer({ min: 1, max: 6 }),
});

/** What is handed out in series, one after the other, with steps at whose beginnings to look on. */
const allSeries = fc.array(
  fc.record({
    entries: fc.array(entry, { maxLength: 40 }),
    edges: fc.array(fc.nat(120)),
  }),
  { maxLength: 4 },
);

/** How many iterations, and how many pairs of them, have ended for each of an amount when it is handed out, visited one by one. */
function sums(entries: readonly Entry[], period: number, until: number): Partial<HandedOut> {
  const sum = { total: 0, linear: 0, square: 0, later: 0 };
  for (const { amount, step, times } of entries)
    for (let at = step; at < step + times * period; at += period) {
      sum.total += amount;
      if (at > until) sum.later += amount;
      else
        for (let ended = 0; ended < at; ended += 1) {
          sum.linear += amount;
          sum.square += amount * ended;
        }
    }
  return sum;
}

it("sums what was handed out, and when, of one series after the other and of its first steps", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), allSeries, (period, all) => {
      const whole = new HandedOut(period);
      const part = new HandedOut(period);
      for (const { entries, edges } of all) {
        whole.clear();
        for (const { amount, step, times } of entries) whole.add(amount, step, times);
        expect({ ...whole }).toEqual(sums(entries, period, Number.POSITIVE_INFINITY));
        for (const edge of edges) {
          part.takeUntil(edge, whole);
          expect({ ...part }).toEqual(sums(entries, period, edge));
        }
      }
    }),
  );
});

it("keeps rooms, slots that are not needed and evicted rooms apart, and forgets them together", () => {
  const part = new Growth(16);
  const whole = new Growth(16);
  whole.grown.add(3, 2, 2);
  whole.unneeded.add(5, 2);
  whole.evicted.add(1, 18);
  part.takeUntil(2, whole);
  expect({ ...part.grown }).toEqual({ total: 6, linear: 6, square: 3, later: 3 });
  expect({ ...part.unneeded }).toEqual({ total: 5, linear: 10, square: 5, later: 0 });
  expect({ ...part.evicted }).toEqual({ total: 1, linear: 0, square: 0, later: 1 });
  whole.clear();
  for (const handedOut of [whole.grown, whole.unneeded, whole.evicted])
    expect({ ...handedOut }).toEqual({ total: 0, linear: 0, square: 0, later: 0 });
});
