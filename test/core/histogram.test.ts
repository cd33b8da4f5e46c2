import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "../../src/core/histogram.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
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
          const found = histogramOf(values).percentile(percent)!;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 256);
        },
      ),
    );
  });

  it("never leaves the range of the values, and knows the largest exactly", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const histogram = histogramOf(values);
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.count).toBe(values.length);
        expect(histogram.percentile(0)).toBeGreaterThanOrEqual(Math.min(...values));
        expect(histogram.percentile(100)).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it("is exact for equal values", () => {
    expect(histogramOf([0.3, 0.3, 0.3]).percentile(50)).toBe(0.3);
  });

  it("has no percentile and no maximum without values", () => {
    expect([new Histogram().percentile(50), new Histogram().max]).toEqual([null, null]);
  });

  it("keeps values beyond its bins inside the extremes", () => {
    const histogram = histogramOf([1e-30, 1e30]);
    expect(histogram.percentile(50)).toBeGreaterThanOrEqual(1e-30);
    expect(histogram.percentile(50)).toBeLessThan(1e-18);
    expect(histogram.percentile(100)).toBeGreaterThan(1e18);
  });
});
