import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { Integral } from "../../src/metrics/integral.ts";

const amount = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
const duration = fc.oneof(fc.integer(), fc.maxSafeInteger());
const more = fc.integer({ min: 1 - 6 * 2 ** 50, max: 6 * 2 ** 50 - 1 });
const product = fc.oneof(
  fc.record({ amount, ns: duration, ticks: duration, moreNs: more, moreTicks: more }),
  fc.record({ amount, ns: duration }),
);

it("sums products of any size and sign exactly, and copies the sum", () => {
  fc.assert(
    fc.property(fc.array(product), (products) => {
      const sum = new Integral();
      for (const added of products)
        if ("ticks" in added) {
          const { amount, ns, ticks, moreNs, moreTicks } = added;
          sum.add(amount, ns, ticks, moreNs, moreTicks);
        } else sum.addNs(added.amount, added.ns);
      const copy = new Integral();
      copy.copy(sum);
      sum.addNs(1, 1);
      const expected = products.reduce((total, { amount, ns, ...rest }) => {
        const { ticks, moreNs, moreTicks } = { ticks: 0, moreNs: 0, moreTicks: 0, ...rest };
        const allNs = BigInt(amount) * BigInt(ns) + BigInt(moreNs);
        const allTicks = BigInt(amount) * BigInt(ticks) + BigInt(moreTicks);
        return total + allNs * BigInt(TICKS_PER_NANOSECOND) + allTicks;
      }, 0n);
      expect(copy.total()).toBe(expected);
      expect(sum.total()).toBe(expected + BigInt(TICKS_PER_NANOSECOND));
    }),
  );
});

it("goes on exactly when its doubles are full", () => {
  const sum = new Integral();
  for (let time = 0; time < 5; time += 1) sum.addNs(2 ** 51 + 1, 1);
  for (let time = 0; time < 9; time += 1) sum.add(-(2 ** 51), 0, 1, 0, 0);
  const ns = 5n * (2n ** 51n + 1n);
  expect(sum.total()).toBe(ns * BigInt(TICKS_PER_NANOSECOND) - 9n * 2n ** 51n);
});

it("refuses what is not exact", () => {
  expect(() => new Integral().add(1, 2 ** 53, 0, 0, 0)).toThrow("an integral is not exact");
  expect(() => new Integral().add(1, 0, -(2 ** 60), 0, 0)).toThrow("an integral is not exact");
});
