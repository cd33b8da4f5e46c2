import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byAllocator, estimate, tQuantile } from "../../src/report/summary.ts";
import { fixture } from "./fixture.ts";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("estimate", () => {
  it("gives the interval of a textbook sample", () => {
    // Mean 5, sample deviation 2.138; t(7) = 2.365: 2.365 · 2.138 / √8.
    const { mean, halfWidth } = estimate([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(halfWidth).toBeCloseTo(1.7878, 3);
  });

  it("uses one degree of freedom for two values", () => {
    expect(estimate([10, 12]).halfWidth).toBeCloseTo(12.706, 6);
  });

  it("leaves out values that are not there", () => {
    expect(estimate([])).toEqual({ mean: null, halfWidth: null });
    expect(estimate([null, null])).toEqual({ mean: null, halfWidth: null });
    expect(estimate([null, 3])).toEqual({ mean: 3, halfWidth: null });
    expect(estimate([1, null, 3])).toEqual(estimate([1, 3]));
  });

  it("moves with its values and grows with their spread", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), (values) => {
        const original = estimate(values);
        const moved = estimate(values.map((each) => 2 * each + 7));
        expect(moved.mean).toBeCloseTo(2 * (original.mean ?? Number.NaN) + 7, 4);
        expect(moved.halfWidth).toBeCloseTo(2 * (original.halfWidth ?? Number.NaN), 4);
      }),
    );
  });
});

describe("tQuantile", () => {
  it("falls with the degrees of freedom and stays above the normal quantile", () => {
    for (let degrees = 1; degrees < 200; degrees++) {
      expect(tQuantile(degrees + 1)).toBeLessThanOrEqual(tQuantile(degrees));
      expect(tQuantile(degrees)).toBeGreaterThan(1.959);
    }
  });

  it("takes the row with fewer degrees between rows of the table", () => {
    expect(tQuantile(31)).toBe(2.042);
    expect(tQuantile(59)).toBe(2.021);
    expect(tQuantile(1000)).toBe(1.984);
  });
});

describe("byAllocator", () => {
  it("groups the seeds of a label in the document's order", () => {
    const groups = byAllocator(fixture());
    expect(groups.map(({ label }) => label)).toEqual([
      "contiguous max buddy",
      "contiguous pow2 buddy",
      "contiguous oracle buddy",
      "paged 16",
    ]);
    for (const { runs } of groups) expect(runs.map(({ seed }) => seed)).toEqual([1, 2]);
  });
});
