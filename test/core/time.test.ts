import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ExactTime,
  exactTime,
  fromNanoseconds,
  TICKS_PER_NANOSECOND,
} from "../../src/core/time.ts";

const ticksOf = ({ ns, ticks }: ExactTime) =>
  BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);

describe("exact time", () => {
  it("carries like integers of ticks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.maxSafeNat(), (ns, many) => {
        expect(ticksOf(exactTime(ns, many))).toBe(
          BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(many),
        );
      }),
    );
  });

  it("represents coefficients of a nanosecond and more to a millionth", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ns) => {
        const { ns: whole, ticks } = fromNanoseconds(ns);
        expect(Math.abs(whole + ticks / TICKS_PER_NANOSECOND - ns) / ns).toBeLessThan(1e-6);
      }),
    );
  });

  it("refuses to go past 104 days instead of losing nanoseconds", () => {
    expect(() => exactTime(Number.MAX_SAFE_INTEGER, 2 * TICKS_PER_NANOSECOND)).toThrow("104 days");
    expect(Number.MAX_SAFE_INTEGER / 1e9 / 86_400).toBeGreaterThan(100);
  });
});
