import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LengthConfig } from "../../src/config/config.ts";
import { normalCdf } from "../../src/core/math.ts";
import { randomStream } from "../../src/core/random.ts";
import { lengthsSampler } from "../../src/workload/lengths.ts";
import { MOST_TOKENS } from "../../src/workload/request-lengths.ts";
import { kolmogorovSmirnov, moments } from "../sampling.ts";

const COUNT = 50_000;
const one: LengthConfig = { law: { kind: "constant", value: 1 }, min: null, max: null };

function outputs(output: LengthConfig): Float64Array {
  const draw = lengthsSampler(randomStream(5, "lengths"), {
    kind: "independent",
    prompt: one,
    output,
  });
  return Float64Array.from({ length: COUNT }, () => draw(1).outputTokens[0]!);
}

const length = (
  law: LengthConfig["law"],
  min: number | null = null,
  max: number | null = null,
) => ({
  law,
  min,
  max,
});

describe("a length law", () => {
  it("gives no more tokens than 32-bit integers hold, however long its tail is", () => {
    const drawn = outputs(length({ kind: "lognormal", mean: 1e7, sigma: 6 }));
    expect(Math.max(...drawn.subarray(0, 10_000))).toBe(MOST_TOKENS);
    expect(drawn.every((tokens) => tokens >= 1 && tokens <= MOST_TOKENS)).toBe(true);
  });

  it("gives whole tokens, at least one, inside its cut", () => {
    const law: fc.Arbitrary<LengthConfig["law"]> = fc.oneof(
      fc.record({
        kind: fc.constant("constant" as const),
        value: fc.integer({ min: 20, max: 60 }),
      }),
      fc.constant({ kind: "uniform" as const, low: 1, high: 100 }),
      fc.constant({ kind: "lognormal" as const, mean: 40, sigma: 1 }),
      fc.constant({
        kind: "quantiles" as const,
        knots: [
          [0, 0],
          [1, 90],
        ] as const,
      }),
    );
    fc.assert(
      fc.property(law, fc.nat(), (law, seed) => {
        const draw = lengthsSampler(randomStream(seed, "lengths"), {
          kind: "independent",
          prompt: length(law),
          output: length(law, 20, 60),
        });
        const { promptTokens, outputTokens } = draw(3);
        expect(outputTokens).toHaveLength(3);
        for (const tokens of [promptTokens, ...outputTokens]) {
          expect(Number.isInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(1);
        }
        for (const tokens of outputTokens) expect(tokens >= 20 && tokens <= 60).toBe(true);
      }),
    );
  });

  it("constant is that number", () => {
    expect(moments(outputs(length({ kind: "constant", value: 33 })))).toEqual({
      mean: 33,
      variance: 0,
    });
  });

  it("uniform reaches both ends evenly", () => {
    const found = moments(outputs(length({ kind: "uniform", low: 10, high: 50 })));
    expect(Math.abs(found.mean - 30)).toBeLessThan(0.2);
    expect(Math.abs(found.variance / ((41 ** 2 - 1) / 12) - 1)).toBeLessThan(0.03);
  });

  it("lognormal has its mean in tokens", () => {
    const { mean } = moments(outputs(length({ kind: "lognormal", mean: 161, sigma: 0.9 })));
    expect(Math.abs(mean / 161 - 1)).toBeLessThan(0.02);
  });

  it("cut to a range is the law given that range, with nothing heaped at the ends", () => {
    const values = outputs(length({ kind: "lognormal", mean: 5000, sigma: 1 }, 1001, 9000));
    const cdf = (x: number) => normalCdf(Math.log(x / 5000) + 0.5);
    const [from, to] = [cdf(1000.5), cdf(9000.5)];
    // The law is rounded: its distance to the smooth one is taken half a token off, which 8,000 tokens make negligible.
    const distance = kolmogorovSmirnov(values, (x) => (cdf(x) - from) / (to - from));
    expect(distance).toBeLessThan(1.95);
  });

  it("cut from above gives each whole number what is rounded to it, and 1 what is rounded to 0 too", () => {
    const counts = new Float64Array(9);
    for (const value of outputs(length({ kind: "lognormal", mean: 2, sigma: 1 }, null, 8)))
      counts[value]! += 1;
    const cdf = (x: number) => normalCdf(Math.log(x / 2) + 0.5);
    let chiSquare = 0;
    for (let value = 1; value <= 8; value += 1) {
      const below = value === 1 ? 0 : cdf(value - 0.5);
      const expected = (COUNT * (cdf(value + 0.5) - below)) / cdf(8.5);
      chiSquare += (counts[value]! - expected) ** 2 / expected;
    }
    // Seven degrees of freedom: exceeded once in a thousand times.
    expect(chiSquare).toBeLessThan(24.3);
  });

  it("are those of all outputs of a request where they are to be equal", () => {
    const config = length({ kind: "uniform", low: 1, high: 1000 });
    const lengths = { kind: "independent", prompt: config, output: config } as const;
    const own = lengthsSampler(randomStream(5, "lengths"), lengths)(4).outputTokens;
    expect(new Set(own).size).toBeGreaterThan(1);
    const equal = { ...lengths, equalOutputs: true } as const;
    const same = lengthsSampler(randomStream(5, "lengths"), equal)(4).outputTokens;
    expect(same).toEqual(own.map(() => own[0]));
  });

  it("that a cut leaves nothing of is given up with a line that names it", () => {
    const nothing = length({ kind: "constant", value: 5 }, 10, 20);
    expect(() => outputs(nothing)).toThrow(
      "workload.lengths.output: 10000 draws of the constant law gave nothing from 10 to 20",
    );
  });
});
