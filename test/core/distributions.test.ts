import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exponential,
  fromCumulative,
  fromQuantiles,
  gamma,
  lognormal,
  normal,
  type QuantileTable,
  quantile,
  type Sampler,
  uniformInteger,
} from "../../src/core/distributions.ts";
import { normalCdf } from "../../src/core/math.ts";
import { randomStream } from "../../src/core/random.ts";
import { kolmogorovSmirnov, moments } from "../sampling.ts";

const COUNT = 200_000;

function sample(draw: Sampler): Float64Array {
  return Float64Array.from({ length: COUNT }, draw);
}

/** Regularised lower incomplete gamma function, by its power series. */
function gammaCdf(shape: number, x: number): number {
  let logGamma = 0;
  let a = shape;
  for (; a < 20; a++) logGamma -= Math.log(a);
  logGamma += (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * a);
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; term > sum * 1e-15; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma);
}

const table: QuantileTable = [
  [0, 4],
  [0.5, 64],
  [0.9, 100],
  [1, 2048],
];

interface Law {
  readonly name: string;
  readonly draw: Sampler;
  readonly cdf: (x: number) => number;
  readonly mean: number;
  readonly variance: number;
}

const stream = randomStream(1, "distributions");
const gammaLaw = (shape: number): Law => ({
  name: `gamma of shape ${shape}`,
  draw: gamma(stream, shape, 2),
  cdf: (x) => gammaCdf(shape, x / 2),
  mean: shape * 2,
  variance: shape * 4,
});

const laws: Law[] = [
  {
    name: "exponential",
    draw: exponential(stream, 3),
    cdf: (x) => 1 - Math.exp(-x / 3),
    mean: 3,
    variance: 9,
  },
  { name: "normal", draw: normal(stream), cdf: normalCdf, mean: 0, variance: 1 },
  {
    name: "lognormal",
    draw: lognormal(stream, { mean: 50, sigma: 0.6 }),
    cdf: (x) => normalCdf((Math.log(x / 50) + 0.18) / 0.6),
    mean: 50,
    variance: 2500 * (Math.exp(0.36) - 1),
  },
  gammaLaw(0.3),
  gammaLaw(1),
  gammaLaw(7.5),
  {
    name: "quantile table",
    draw: fromQuantiles(stream, table),
    cdf: (x) => (x < 64 ? (x - 4) / 120 : x < 100 ? 0.5 + (x - 64) / 90 : 0.9 + (x - 100) / 19480),
    mean: 0.5 * 34 + 0.4 * 82 + 0.1 * 1074,
    variance:
      0.5 * (34 ** 2 + 60 ** 2 / 12) +
      0.4 * (82 ** 2 + 36 ** 2 / 12) +
      0.1 * (1074 ** 2 + 1948 ** 2 / 12) -
      (0.5 * 34 + 0.4 * 82 + 0.1 * 1074) ** 2,
  },
];

describe.each(laws)("$name", ({ draw, cdf, mean, variance }) => {
  const values = sample(draw);

  it("follows its distribution function", () => {
    expect(kolmogorovSmirnov(values, cdf)).toBeLessThan(1.95);
  });

  it("has its mean and variance", () => {
    const found = moments(values);
    expect(Math.abs(found.mean - mean)).toBeLessThan(4 * Math.sqrt(variance / COUNT));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.04);
  });
});

describe("uniform integers", () => {
  it("reach both ends, each value as often as any other", () => {
    const counts = new Map<number, number>();
    for (const value of sample(uniformInteger(stream, 10, 14)))
      counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([10, 11, 12, 13, 14]);
    for (const count of counts.values()) expect(Math.abs(count - COUNT / 5)).toBeLessThan(800);
  });
});

describe("a law with a pole", () => {
  it("gives a finite value for a uniform draw of exactly 0", () => {
    const zero = () => 0;
    for (const draw of [exponential(zero, 1), normal(zero), lognormal(zero, { mean: 1, sigma: 1 })])
      expect(draw()).toSatisfy(Number.isFinite);
  });
});

describe("a quantile table", () => {
  it("passes through its points and is straight between them", () => {
    for (const [p, value] of table) expect(quantile(table, p)).toBe(value);
    expect(quantile(table, 0.25)).toBe(34);
    expect(quantile(table, 0.95)).toBeCloseTo(1074, 9);
  });
});

describe("fromCumulative", () => {
  it("gives the first place whose sum of weights exceeds the uniform's part of the total", () => {
    const weights = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        weights,
        fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }),
        (drawn, uniform) => {
          const all = [...drawn, 1];
          let sum = 0;
          const upTo = Float64Array.from(all, (weight) => (sum += weight));
          // Uniforms that fall on the steps of the table too.
          for (const value of [uniform, ...Array.from(upTo, (up) => up / sum)].filter(
            (u) => u < 1,
          )) {
            const place = fromCumulative(() => value, upTo)();
            expect(place).toBe(upTo.findIndex((up) => up > value * sum));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
