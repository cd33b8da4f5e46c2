import fc from "fast-check";
import { expect, it } from "vitest";
import { TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { Integrals } from "../../src/metrics/integrals.ts";

const TICKS = BigInt(TICKS_PER_NANOSECOND);
const amount = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
const duration = fc.oneof(fc.integer(), fc.maxSafeInteger());
const small = fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 });
const column = fc.nat(2);
const addition = fc.oneof(
  fc.record({
    kind: fc.constant("product" as const),
    column,
    amount,
    ns: duration,
    ticks: duration,
  }),
  fc.record({ kind: fc.constant("nanoseconds" as const), column, amount, ns: duration }),
  fc.record({ kind: fc.constant("direct" as const), column, ns: small, ticks: small }),
  fc.record({ kind: fc.constant("times" as const), column, amount, ns: duration, times: fc.nat() }),
);

it("sums products of any size and sign exactly, column by column, and copies the sums", () => {
  fc.assert(
    fc.property(fc.array(addition), (additions) => {
      const integrals = new Integrals(3);
      const expected = [0n, 0n, 0n];
      for (const added of additions) {
        const { column, ns } = added;
        if (added.kind === "direct") {
          integrals.makeRoom();
          integrals.sums[column]! += ns;
          integrals.sums[3 + column]! += added.ticks;
          integrals.makeRoom();
          expected[column]! += BigInt(ns) * TICKS + BigInt(added.ticks);
          continue;
        }
        const { amount } = added;
        const product = BigInt(amount) * BigInt(ns) * TICKS;
        if (added.kind === "product") {
          integrals.add(column, amount, ns, added.ticks);
          expected[column]! += product + BigInt(amount) * BigInt(added.ticks);
        } else if (added.kind === "nanoseconds") {
          integrals.addNs(column, amount, ns);
          expected[column]! += product;
        } else {
          const others = new Integrals(3);
          others.addNs(column, amount, ns);
          integrals.addTimes(others, added.times);
          expected[column]! += product * BigInt(added.times);
        }
      }
      const copy = new Integrals(3);
      copy.copy(integrals);
      integrals.addNs(1, 1, 1);
      const totals = (sums: Integrals) => [0, 1, 2].map((at) => sums.total(at));
      expect(totals(copy)).toEqual(expected);
      expect(totals(integrals)).toEqual([expected[0], expected[1]! + TICKS, expected[2]]);
    }),
  );
});

it("goes on exactly when its doubles are full", () => {
  const integrals = new Integrals(1);
  for (let time = 0; time < 5; time += 1) integrals.addNs(0, 2 ** 51 + 1, 1);
  for (let time = 0; time < 9; time += 1) integrals.add(0, -(2 ** 51), 0, 1);
  expect(integrals.total(0)).toBe(5n * (2n ** 51n + 1n) * TICKS - 9n * 2n ** 51n);
});

it("refuses what is not exact", () => {
  expect(() => new Integrals(1).add(0, 1, 2 ** 53, 0)).toThrow("an integral is not exact");
  expect(() => new Integrals(1).add(0, 1, 0, -(2 ** 60))).toThrow("an integral is not exact");
});
