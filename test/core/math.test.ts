import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, log, normalCdf, normalQuantile } from "../../src/core/math.ts";

const TOLERANCE = 1e-13;

function relativeError(value: number, truth: number): number {
  return Math.abs(value - truth) / Math.abs(truth);
}

describe("log and exp", () => {
  it("agree with the engine's own over their whole range", () => {
    fc.assert(
      fc.property(fc.double({ min: -705, max: 705, noNaN: true }), (x) => {
        expect(relativeError(exp(x), Math.exp(x))).toBeLessThan(TOLERANCE);
        const y = Math.exp(x);
        if (y !== 1) expect(relativeError(log(y), Math.log(y))).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 20_000 },
    );
  });

  it("keep their digits where the logarithm passes through 0", () => {
    for (let step = 1; step <= 2000; step++)
      for (const x of [1 + step / 4000, 1 - step / 4000, 1 + step * 1e-12, 1 - step * 1e-12])
        expect(relativeError(log(x), Math.log(x))).toBeLessThan(TOLERANCE);
  });

  it("have the limits of the real functions", () => {
    expect([log(0), log(1), exp(0), exp(-800), exp(800)]).toEqual([-Infinity, 0, 1, 0, Infinity]);
    expect(relativeError(exp(709.5), Math.exp(709.5))).toBeLessThan(TOLERANCE);
    expect(relativeError(log(2 ** -1022), Math.log(2 ** -1022))).toBeLessThan(TOLERANCE);
  });

  it("refuse a logarithm that is no real number", () => {
    for (const x of [-1, Number.NaN, Infinity])
      expect(() => log(x)).toThrow("log of a number that is not positive");
  });
});

describe("the normal distribution", () => {
  it("has the published values, far tails included", () => {
    const published: [number, number][] = [
      [-8, 6.22096057427174e-16],
      [-5, 2.866515718791933e-7],
      [-3, 0.0013498980316300933],
      [-1, 0.15865525393145707],
      [0, 0.5],
      [1, 0.8413447460685429],
      [2, 0.9772498680518208],
    ];
    for (const [z, p] of published) expect(relativeError(normalCdf(z), p)).toBeLessThan(1e-12);
  });

  it("undoes its quantile", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-16, noNaN: true }), (p) => {
        expect(relativeError(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-11);
      }),
    );
    for (let power = 1; power <= 290; power++)
      expect(relativeError(normalCdf(normalQuantile(10 ** -power)), 10 ** -power)).toBeLessThan(
        1e-11,
      );
  });

  it("is smooth where the series hands over to the continued fraction", () => {
    const slope = (normalCdf(-3 + 1e-7) - normalCdf(-3 - 1e-7)) / 2e-7;
    expect(relativeError(slope, 0.0044318484119380075)).toBeLessThan(1e-6);
  });

  it("has no quantile at or beyond 0 and 1", () => {
    for (const p of [0, 1, -0.1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/quantile/);
  });
});
