import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { Integrals } from "../../src/metrics/integrals.ts";

const amount = fc.integer();
const duration = fc.oneof(fc.integer(), fc.maxSafeInteger());
const product = fc.record({ column: fc.nat({ max: 2 }), a: amount, b: duration });

it("sums products of any size and sign exactly, each column by itself", () => {
  fc.assert(
    fc.property(fc.array(product), fc.array(product), (ofNs, ofTicks) => {
      const sums = new Integrals(3);
      for (const { column, a, b } of ofNs) sums.addNs(column, a, b);
      for (const { column, a, b } of ofTicks) sums.addTime(column, a, 0, b);
      const copy = new Integrals(3);
      copy.copyFrom(sums);
      sums.addNs(0, 1, 1);
      for (const column of [0, 1, 2]) {
        const total = (products: typeof ofNs) =>
          products
            .filter((one) => one.column === column)
            .reduce((sum, { a, b }) => sum + BigInt(a) * BigInt(b), 0n);
        const expected = total(ofNs) * BigInt(TICKS_PER_NANOSECOND) + total(ofTicks);
        expect(copy.total(column)).toBe(expected);
      }
    }),
  );
});

it("adds to all columns at once what it adds to each by itself", () => {
  const amounts = fc.array(fc.integer(), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(amounts, fc.maxSafeNat(), fc.nat(), fc.nat(), (each, ns, ticks, times) => {
      const [together, apart] = [new Integrals(3), new Integrals(3)];
      for (let time = 0; time <= times % 5; time += 1) {
        together.addTimes(Float64Array.from(each), ns, ticks);
        for (const [column, amount] of each.entries()) apart.addTime(column, amount, ns, ticks);
      }
      for (const column of [0, 1, 2]) expect(together.total(column)).toBe(apart.total(column));
    }),
  );
});

it("carries from one limb to the other", () => {
  const sums = new Integrals(1);
  for (let time = 0; time < 5; time += 1) sums.addNs(0, 2 ** 51, 1);
  for (let time = 0; time < 9; time += 1) sums.addTime(0, -(2 ** 51), 0, 1);
  expect(sums.total(0)).toBe(5n * 2n ** 51n * BigInt(TICKS_PER_NANOSECOND) - 9n * 2n ** 51n);
});
