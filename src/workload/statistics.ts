import type { TraceFormat } from "../config/config.ts";
import { nanosecondsToSeconds } from "../core/time.ts";
import type { Tokens } from "../request.ts";
import { prefixHitTokens } from "./prefix-hits.ts";
import { readTrace } from "./trace/index.ts";

/** What a trace is like. Null where it has no data for a measure. */
export interface TraceStatistics {
  readonly format: TraceFormat;
  readonly rows: number;
  /** From the first arrival to the last. */
  readonly durationSeconds: number | null;
  /** Gaps per second of the duration. */
  readonly requestsPerSecond: number | null;
  /** Standard deviation of the gaps between arrivals over their mean: 1 for a Poisson process. */
  readonly gapVariation: number | null;
  readonly prompt: LengthSummary;
  readonly output: LengthSummary;
  /** Outputs of 0 tokens, which are replayed, and counted here, as 1. */
  readonly zeroOutputs: number;
  /** Spearman's correlation of prompt and output lengths. */
  readonly rankCorrelation: number | null;
  /** Part of the prompt tokens that an unlimited prefix cache would have had. */
  readonly prefixHitRatio: number | null;
}

/** Tokens. Percentiles are nearest-rank. */
export interface LengthSummary {
  readonly total: Tokens;
  readonly mean: number;
  readonly p50: Tokens;
  readonly p90: Tokens;
  readonly p99: Tokens;
  readonly max: Tokens;
}

/** Reads a trace, as `readTrace` does, and describes it. Throws `TraceError`. */
export async function traceStatistics(
  path: string,
  format: TraceFormat | null,
  onRows?: (rows: number) => void,
): Promise<TraceStatistics> {
  const trace = await readTrace(path, format, onRows);
  const prompt = summarize(trace.promptTokens);
  const hits = prefixHitTokens(trace);
  return {
    format: trace.format,
    rows: trace.rows,
    ...timing(trace.arrivalNs),
    prompt,
    output: summarize(trace.outputTokens),
    zeroOutputs: trace.zeroOutputs,
    rankCorrelation: correlation(ranks(trace.promptTokens), ranks(trace.outputTokens)),
    prefixHitRatio: hits === null ? null : hits / prompt.total,
  };
}

function summarize(lengths: Int32Array): LengthSummary {
  const sorted = lengths.toSorted();
  const total = sorted.reduce((sum, tokens) => sum + tokens, 0);
  const percentile = (percent: number): Tokens =>
    sorted[Math.ceil((percent * sorted.length) / 100) - 1]!;
  return {
    total,
    mean: total / sorted.length,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    max: percentile(100),
  };
}

function timing(
  arrivalNs: Float64Array | null,
): Pick<TraceStatistics, "durationSeconds" | "requestsPerSecond" | "gapVariation"> {
  if (arrivalNs === null)
    return { durationSeconds: null, requestsPerSecond: null, gapVariation: null };
  const gaps = arrivalNs.subarray(1).map((ns, i) => nanosecondsToSeconds(ns - arrivalNs[i]!));
  const durationSeconds = nanosecondsToSeconds(arrivalNs.at(-1)! - arrivalNs[0]!);
  const mean = durationSeconds / gaps.length;
  const squares = gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0);
  return {
    durationSeconds,
    requestsPerSecond: durationSeconds === 0 ? null : 1 / mean,
    gapVariation: durationSeconds === 0 ? null : Math.sqrt(squares / gaps.length) / mean,
  };
}

/** Position of each value in sorted order; equal values share the mean of theirs. */
function ranks(values: Int32Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + to - 1) / 2;
  }
  return result;
}

/** Pearson's correlation; null when one side does not vary. */
function correlation(a: Float64Array, b: Float64Array): number | null {
  const middle = (a.length - 1) / 2;
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  a.forEach((rank, i) => {
    const [x, y] = [rank - middle, b[i]! - middle];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  });
  return squaresA === 0 || squaresB === 0 ? null : product / Math.sqrt(squaresA * squaresB);
}
