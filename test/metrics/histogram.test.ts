import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inEngine } from "../../src/engine/engine.ts";
import { Histogram } from "../../src/metrics/histogram.ts";

/** What a histogram says of values. */
interface Said {
  readonly count: number;
  readonly max: number | null;
  readonly sum: number;
  readonly percentiles: readonly (number | null)[];
}

const PERCENTS = Array.from({ length: 101 }, (_, percent) => percent);

function saidBy(histogram: Histogram): Said {
  const { count, max, sum } = histogram;
  return { count, max, sum, percentiles: PERCENTS.map((each) => histogram.percentile(each)) };
}

function saidOf(values: readonly number[]): Said {
  return inEngine(() => {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    return saidBy(histogram);
  });
}

const value = fc.oneof(
  fc.constant(0),
  fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  fc.integer({ min: 0, max: 20 }),
);

describe("a histogram", () => {
  it("gives every percentile of the sorted values to 0.4 %", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 100 }),
        (values, percent) => {
          const sorted = values.toSorted((a, b) => a - b);
          const rank = Math.max(1, Math.ceil((percent * values.length) / 100));
          const exact = sorted[rank - 1]!;
          const found = saidOf(values).percentiles[percent]!;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 256);
        },
      ),
    );
  });

  it("never leaves the range of the values, and knows the largest exactly", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const { max, count, percentiles } = saidOf(values);
        expect(max).toBe(Math.max(...values));
        expect(count).toBe(values.length);
        expect(percentiles[0]).toBeGreaterThanOrEqual(Math.min(...values));
        expect(percentiles[100]).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it("is exact for equal values", () => {
    expect(saidOf([0.3, 0.3, 0.3]).percentiles[50]).toBe(0.3);
  });

  it("has no percentile and no maximum without values", () => {
    const { percentiles, max, count, sum } = saidOf([]);
    expect([percentiles[50], max, count, sum]).toEqual([null, null, 0, 0]);
  });

  it("keeps values beyond its bins inside the extremes", () => {
    const { percentiles } = saidOf([1e-30, 1e30]);
    expect(percentiles[50]).toBeGreaterThanOrEqual(1e-30);
    expect(percentiles[50]).toBeLessThan(1e-18);
    expect(percentiles[100]).toBeGreaterThan(1e18);
  });

  it("sums up in the order in which values come", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(saidOf(values).sum).toBe(values.reduce((sum, one) => sum + one, 0));
      }),
    );
  });

  it("sums whole numbers exactly, however large their sum, and has the same percentiles of them", () => {
    const whole = fc.oneof(fc.nat(), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(whole), (values) =>
        inEngine(() => {
          const histogram = new Histogram();
          for (const each of values) histogram.addWhole(each);
          expect(histogram.wholeSum).toBe(values.reduce((sum, each) => sum + BigInt(each), 0n));
          expect({ ...saidBy(histogram), sum: 0 }).toEqual({ ...saidOf(values), sum: 0 });
        }),
      ),
    );
  });

  it("is not changed by others", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.boolean())), (values) =>
        inEngine(() => {
          const [one, other] = [new Histogram(), new Histogram()];
          for (const [each, isOne] of values) (isOne ? one : other).add(each);
          const of = (isOne: boolean) =>
            values.flatMap(([each, its]) => (its === isOne ? [each] : []));
          expect([saidBy(one), saidBy(other)]).toEqual([saidOf(of(true)), saidOf(of(false))]);
        }),
      ),
    );
  });
});
