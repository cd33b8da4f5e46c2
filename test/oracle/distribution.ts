import { exactRatio } from "../../src/core/exact-ratio.ts";
import type { Distribution } from "../../src/result.ts";

const NANOSECONDS = 1e9;
const BINS_PER_OCTAVE = 256;

export function distribution(
  values: readonly number[],
  mean: (values: readonly number[]) => number,
): Distribution {
  if (values.length === 0) return { mean: null, p50: null, p90: null, p99: null, max: null };
  const sorted = values.toSorted((a, b) => a - b);
  const seconds = (percent: number) => percentile(sorted, percent) / NANOSECONDS;
  return {
    mean: mean(values) / NANOSECONDS,
    p50: seconds(50),
    p90: seconds(90),
    p99: seconds(99),
    max: Math.max(...values) / NANOSECONDS,
  };
}

/** The value of rank ⌈percent / 100 · count⌉, but only as exactly as a histogram knows it; never outside the extremes. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100));
  const middle = middleOfBin(sorted[rank - 1]!);
  return Math.min(sorted.at(-1)!, Math.max(sorted[0]!, middle));
}

/** Bins are the 256th parts of what lies between two powers of two; 0 has its own. */
function middleOfBin(value: number): number {
  if (value === 0) return 0;
  let octave = 2 ** Math.floor(Math.log2(value));
  if (octave > value) octave /= 2;
  const bin = Math.floor((value / octave - 1) * BINS_PER_OCTAVE);
  return octave * (1 + (bin + 0.5) / BINS_PER_OCTAVE);
}

export function exactMean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  return exactRatio(sum, BigInt(values.length))!;
}

export function runningMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
