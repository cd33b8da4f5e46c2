import fc from "fast-check";
import { expect, it } from "vitest";
import { exactRatio } from "../../src/core/exact-ratio.ts";

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
