import { exactRatio } from "../../src/core/exact-ratio.ts";
import { Histograms } from "../../src/core/histogram.ts";
import type { Distribution } from "../../src/result.ts";

const NANOSECONDS = 1e9;

export function distribution(
  values: readonly number[],
  mean: (values: readonly number[]) => number,
): Distribution {
  if (values.length === 0) return { mean: null, p50: null, p90: null, p99: null, max: null };
  const histograms = new Histograms(1);
  for (const value of values) {
    histograms.set(0, value);
    histograms.add(0, 1);
  }
  const seconds = (percentage: number) => histograms.percentile(0, percentage)! / NANOSECONDS;
  return {
    mean: mean(values) / NANOSECONDS,
    p50: seconds(50),
    p90: seconds(90),
    p99: seconds(99),
    max: Math.max(...values) / NANOSECONDS,
  };
}

export function exactMean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  return exactRatio(sum, BigInt(values.length))!;
}

export function runningMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
