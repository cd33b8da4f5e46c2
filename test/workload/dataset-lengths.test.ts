import { describe, expect, it } from "vitest";
import type { FittedLengths } from "../../src/config/catalog/datasets/dataset.ts";
import { datasets } from "../../src/config/catalog/datasets/index.ts";
import { normalCdf } from "../../src/core/math.ts";
import { randomStream } from "../../src/core/random.ts";
import { datasetLengths } from "../../src/workload/dataset-lengths.ts";

function sample(name: string, count: number): { prompts: number[]; outputs: number[] } {
  const draw = datasetLengths(randomStream(11, "lengths"), datasets[name]!.lengths);
  const requests = Array.from({ length: count }, () => draw(1));
  return {
    prompts: requests.map((request) => request.promptTokens),
    outputs: requests.map((request) => request.outputTokens[0]!),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
}

/** Spearman's correlation; equal lengths share a rank. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  const product = (u: readonly number[], v: readonly number[]) =>
    u.reduce((sum, rank, i) => sum + (rank - middle) * (v[i]! - middle), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function ranks(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
    last.set(value, i);
  });
  return values.map((value) => (first.get(value)! + last.get(value)!) / 2);
}

/** Of the data themselves: means, medians and 99th percentiles of prompt and output, Spearman's rho. */
const published = [
  ["azure-conv-2023", 1154.7, 211.13, 1020, 129, 4142, 601, 0.0728],
  ["azure-code-2023", 2047.85, 27.88, 1469, 13, 7436, 251.5, -0.0215],
  ["mooncake-conversation", 12035.06, 342.62, 6909, 350, 85400.4, 1118.5, 0.0717],
  ["sharegpt-turns", 2340.03, 438.71, 1730, 415, 7433.7, 998, 0.0506],
  ["sharegpt-first-turns", 228.45, 471.32, 64, 471, 2382.8, 1003, 0.0684],
  ["alpaca", 23.29, 65.36, 20, 46, 81, 279, -0.1828],
  ["arxiv-summarization", 2588.08, 291.43, 2730, 167, 3933.4, 3271.3, -0.1138],
  ["agentic-coding", 112625.27, 400.49, 99762, 198, 547557, 3644.8, 0.0837],
] as const;

describe.each(published)("data set %s", (name, prompt, output, p50, o50, p99, o99, rho) => {
  const { prompts, outputs } = sample(name, 100_000);

  it("has the means of the data", () => {
    expect(Math.abs(mean(prompts) / prompt - 1)).toBeLessThan(0.01);
    expect(Math.abs(mean(outputs) / output - 1)).toBeLessThan(0.02);
  });

  it("has the percentiles of the data", () => {
    expect(Math.abs(percentile(prompts, 50) / p50 - 1)).toBeLessThan(0.02);
    expect(Math.abs(percentile(outputs, 50) / o50 - 1)).toBeLessThan(0.03);
    expect(Math.abs(percentile(prompts, 99) / p99 - 1)).toBeLessThan(0.03);
    expect(Math.abs(percentile(outputs, 99) / o99 - 1)).toBeLessThan(0.05);
  });

  it("ties prompt and output as the data do", () => {
    expect(Math.abs(rankCorrelation(prompts, outputs) - rho)).toBeLessThan(0.012);
  });

  it("gives at least one token of each", () => {
    expect(Math.min(percentile(prompts, 0.001), percentile(outputs, 0.001))).toBeGreaterThan(0);
  });
});

describe("every data set", () => {
  it("says where it comes from and under which licence", () => {
    for (const [name, dataset] of Object.entries(datasets))
      for (const text of [dataset.summary, dataset.source, dataset.licence, dataset.attribution])
        expect(text, name).toMatch(/\w/);
  });

  it("draws n outputs that are independent given the prompt, alike to the first", () => {
    for (const name of ["sharegpt-sosp23", "alpaca"]) {
      const draw = datasetLengths(randomStream(2, "lengths"), datasets[name]!.lengths);
      const triples = Array.from({ length: 60_000 }, () => draw(3));
      const column = (i: number) => triples.map((request) => request.outputTokens[i]!);
      expect(Math.abs(mean(column(2)) / mean(column(0)) - 1)).toBeLessThan(0.03);
      expect(Math.abs(rankCorrelation(column(0), column(1)))).toBeLessThan(0.05);
      const prompts = triples.map((request) => request.promptTokens);
      const [first, third] = [column(0), column(2)].map((o) => rankCorrelation(prompts, o));
      expect(Math.abs(first! - third!)).toBeLessThan(0.02);
    }
  });

  it("draws the same prompts' lengths for the same seed", () => {
    expect(sample("sharegpt-sosp23", 50)).toEqual(sample("sharegpt-sosp23", 50));
  });
});

describe("alpaca-sosp23", () => {
  const { prompts, outputs } = sample("alpaca-sosp23", 300_000);

  it("has the paper's means within 0.5 %, after rounding", () => {
    expect(Math.abs(mean(prompts) / 19.31 - 1)).toBeLessThan(0.005);
    expect(Math.abs(mean(outputs) / 58.45 - 1)).toBeLessThan(0.005);
  });

  it("keeps the data's rank correlation", () => {
    expect(Math.abs(rankCorrelation(prompts, outputs) + 0.1828)).toBeLessThan(0.01);
  });
});

describe("sharegpt-sosp23", () => {
  const { prompt, output, totalMax } = datasets["sharegpt-sosp23"]!.lengths as FittedLengths;

  it("solves the paper's three equations exactly, summed over all pairs of lengths", () => {
    const mu = Math.log(prompt.mean) - prompt.sigma ** 2 / 2;
    const promptCdf = (x: number) => normalCdf((Math.log(x) - mu) / prompt.sigma);
    const { meanPrompt, meanOutput, sizeBiased } = truncatedMoments(
      rounded(promptCdf, totalMax),
      rounded(gammaCdf(output.shape, output.scale), totalMax),
      totalMax,
    );
    expect(meanPrompt).toBeCloseTo(161.31, 1);
    expect(meanOutput).toBeCloseTo(337.99, 1);
    expect(sizeBiased).toBeCloseTo(598, 1);
  });

  it("samples that law: its means, its spread, its limit", () => {
    const { prompts, outputs } = sample("sharegpt-sosp23", 1_000_000);
    const squares = mean(outputs.map((tokens) => tokens * tokens));
    expect(Math.abs(mean(prompts) / 161.31 - 1)).toBeLessThan(0.005);
    expect(Math.abs(mean(outputs) / 337.99 - 1)).toBeLessThan(0.005);
    expect(Math.abs(squares / mean(outputs) / 598 - 1)).toBeLessThan(0.005);
    expect(prompts.every((tokens, i) => tokens + outputs[i]! <= totalMax)).toBe(true);
  });
});

/** Probabilities of 1, 2 … tokens of a law that is rounded, what rounds to 0 counting as 1. */
function rounded(cdf: (x: number) => number, limit: number): number[] {
  return Array.from({ length: limit - 1 }, (_, i) => cdf(i + 1.5) - (i === 0 ? 0 : cdf(i + 0.5)));
}

function truncatedMoments(prompt: number[], output: number[], limit: number) {
  let [total, meanPrompt, meanOutput, squares] = [0, 0, 0, 0];
  prompt.forEach((p, i) => {
    for (let j = 0; i + j + 2 <= limit; j++) {
      const weight = p * output[j]!;
      total += weight;
      meanPrompt += weight * (i + 1);
      meanOutput += weight * (j + 1);
      squares += weight * (j + 1) ** 2;
    }
  });
  return {
    meanPrompt: meanPrompt / total,
    meanOutput: meanOutput / total,
    sizeBiased: squares / meanOutput,
  };
}

/** The gamma distribution function by Simpson's rule in √x, where the density's pole at 0 is gone. */
function gammaCdf(shape: number, scale: number): (x: number) => number {
  const steps = 40_000;
  const end = Math.sqrt(60 * shape * scale);
  const density = (y: number) =>
    y === 0 ? 0 : 2 * y ** (2 * shape - 1) * Math.exp((-y * y) / scale);
  const sums = new Float64Array(steps + 1);
  const width = end / steps;
  for (let i = 1; i <= steps; i++) {
    const middle = density((i - 0.5) * width);
    sums[i] =
      sums[i - 1]! + ((density((i - 1) * width) + 4 * middle + density(i * width)) * width) / 6;
  }
  return (x) => {
    const position = Math.sqrt(x) / width;
    const i = Math.floor(position);
    const between = sums[i]! + (sums[i + 1]! - sums[i]!) * (position - i);
    return between / sums[steps]!;
  };
}
