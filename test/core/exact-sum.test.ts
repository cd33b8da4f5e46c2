import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum, exactRatio } from "../../src/core/exact-sum.ts";

const amount = fc.oneof(fc.nat(), fc.maxSafeNat());

describe("an exact sum", () => {
  it("equals the sum of BigInts at any size", () => {
    fc.assert(
      fc.property(fc.array(amount, { size: "medium" }), (amounts) => {
        const sum = new ExactSum();
        for (const a of amounts) sum.add(a);
        expect(sum.toBigInt()).toBe(amounts.reduce((total, a) => total + BigInt(a), 0n));
      }),
    );
  });

  it("divides exactly where the quotient is a double, and says null for an empty denominator", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 30 }), (quotient, denominator) => {
        const numerator = BigInt(quotient) * BigInt(denominator);
        expect(exactRatio(numerator, BigInt(denominator))).toBe(quotient);
      }),
    );
    expect(exactRatio(1n, 3n)).toBeCloseTo(1 / 3, 15);
    expect(exactRatio(0n, 0n)).toBeNull();
  });
});
