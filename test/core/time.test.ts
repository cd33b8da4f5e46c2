import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareTime,
  type ExactTime,
  exactTime,
  fromNanoseconds,
  subtractTime,
  TICKS_PER_NANOSECOND,
} from "../../src/core/time.ts";

const ticksOf = ({ ns, ticks }: ExactTime) =>
  BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);
const time = (maxNs: number) =>
  fc
    .tuple(
      fc.integer({ min: 0, max: maxNs }),
      fc.integer({ min: 0, max: TICKS_PER_NANOSECOND - 1 }),
    )
    .map(([ns, ticks]) => exactTime(ns, ticks));

describe("exact time", () => {
  it("carries, subtracts and compares like integers of ticks", () => {
    fc.assert(
      fc.property(time(2 ** 50), time(2 ** 40), fc.maxSafeNat(), (a, b, many) => {
        expect(ticksOf(exactTime(b.ns, many))).toBe(
          BigInt(b.ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(many),
        );
        const [low, high] = compareTime(a, b) <= 0 ? [a, b] : [b, a];
        expect(ticksOf(subtractTime(high, low))).toBe(ticksOf(high) - ticksOf(low));
        expect(Math.sign(compareTime(a, b))).toBe(
          ticksOf(a) < ticksOf(b) ? -1 : ticksOf(a) > ticksOf(b) ? 1 : 0,
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
