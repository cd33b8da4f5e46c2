import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histograms } from "../../src/core/histogram.ts";

function addAll(histograms: Histograms, values: readonly number[]): void {
  for (const value of values) {
    histograms.set(0, value);
    histograms.add(0, 1);
  }
}

/** Of one stream. */
function histogramOf(values: readonly number[]) {
  const histograms = new Histograms(1);
  addAll(histograms, values);
  return {
    count: histograms.count(0),
    max: histograms.max(0),
    sum: histograms.sum(0),
    percentile: (percent: number) => histograms.percentile(0, percent),
  };
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
    const { percentile, max, count } = histogramOf([]);
    expect([percentile(50), max, count]).toEqual([null, null, 0]);
  });

  it("keeps values beyond its bins inside the extremes", () => {
    const histogram = histogramOf([1e-30, 1e30]);
    expect(histogram.percentile(50)).toBeGreaterThanOrEqual(1e-30);
    expect(histogram.percentile(50)).toBeLessThan(1e-18);
    expect(histogram.percentile(100)).toBeGreaterThan(1e18);
  });

  it("takes zeros at once as it takes them one by one", () => {
    fc.assert(
      fc.property(fc.array(value), fc.nat(20), (values, zeros) => {
        const all = new Histograms(1);
        addAll(all, values);
        all.addZeros(0, zeros);
        const alone = histogramOf([...values, ...Array.from({ length: zeros }, () => 0)]);
        expect([all.count(0), all.max(0), all.sum(0)]).toEqual([alone.count, alone.max, alone.sum]);
        expect(all.percentile(0, 50)).toBe(alone.percentile(50));
      }),
    );
  });

  it("sums up in the order in which values come, and anew when the sum is taken", () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (values, others) => {
        const histograms = new Histograms(1);
        const total = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0);
        addAll(histograms, values);
        expect(histograms.takeSum(0)).toBe(total(values));
        addAll(histograms, others);
        expect(histograms.sum(0)).toBe(total(others));
        expect(histograms.count(0)).toBe(values.length + others.length);
      }),
    );
  });

  it("keeps streams apart, some of which miss a value", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, fc.boolean(), fc.boolean())), (pairs) => {
        const both = new Histograms(2);
        for (const [first, second, hasFirst, hasSecond] of pairs) {
          both.set(0, first);
          both.set(1, second);
          both.add(hasFirst ? 0 : 1, hasSecond ? 2 : 1);
        }
        const firsts = histogramOf(pairs.flatMap(([first, , has]) => (has ? [first] : [])));
        const seconds = histogramOf(pairs.flatMap(([, second, , has]) => (has ? [second] : [])));
        for (const [stream, alone] of [firsts, seconds].entries()) {
          expect([both.count(stream), both.max(stream)]).toEqual([alone.count, alone.max]);
          expect(both.sum(stream)).toBe(alone.sum);
          expect(both.percentile(stream, 50)).toBe(alone.percentile(50));
        }
      }),
    );
  });
});
