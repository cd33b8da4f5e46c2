import { existsSync } from "node:fs";
import type { TraceFormat } from "../config/config.ts";
import { unknownName } from "../config/explain.ts";
import { nanosecondsToSeconds } from "../core/time.ts";
import { decimalsFor, fixed } from "../report/format.ts";
import { readTrace, traceFormats } from "../workload/trace/index.ts";
import type { Trace } from "../workload/trace/trace.ts";
import { TraceError } from "../workload/trace/trace-error.ts";
import { CommandError, DONE } from "./exit.ts";
import type { Output } from "./output.ts";

/** Flags of `kvsim trace stats`. */
export interface TraceStatsOptions {
  /** Found by trying when it is not given. */
  readonly format?: string | undefined;
  readonly json: boolean;
}

/** What a trace holds, in numbers. Null where the trace has no such column. */
interface TraceStats {
  readonly format: string;
  readonly requests: number;
  readonly seconds: number | null;
  readonly requestsPerSecond: number | null;
  /** Coefficient of variation of the gaps between arrivals: 1 for a Poisson process. */
  readonly gapVariation: number | null;
  readonly promptTokens: Spread;
  readonly outputTokens: Spread;
  /** Outputs of 0 tokens in the file; they count as 1. */
  readonly zeroOutputs: number;
  readonly promptsWithContent: number;
}

interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** `kvsim trace stats FILE`. */
export async function traceStats(
  path: string,
  options: TraceStatsOptions,
  output: Output,
): Promise<number> {
  const { format, trace } = await readAnyTrace(path, options.format);
  const stats = statsOf(format, trace);
  output.out(options.json ? `${JSON.stringify(stats, null, 2)}\n` : table(stats));
  return DONE;
}

async function readAnyTrace(path: string, format: string | undefined) {
  const known = Object.keys(traceFormats) as TraceFormat[];
  if (format !== undefined) {
    const chosen = known.find((name) => name === format);
    if (chosen === undefined) throw new CommandError(unknownName("trace format", format, known));
    return { format: chosen, trace: await readTrace(path, chosen) };
  }
  if (!existsSync(path)) throw new CommandError(`${path}: no such file`);
  for (const candidate of known) {
    const trace = await tryFormat(path, candidate);
    if (trace !== null) return { format: candidate, trace };
  }
  const text = `no trace format reads it; --format ${known.join("|")} says why`;
  throw new CommandError(`${path}: ${text}`);
}

async function tryFormat(path: string, format: TraceFormat): Promise<Trace | null> {
  try {
    return await readTrace(path, format);
  } catch (error) {
    if (error instanceof TraceError) return null;
    throw error;
  }
}

function statsOf(format: string, trace: Trace): TraceStats {
  const { rows, arrivalNs, content } = trace;
  const seconds = arrivalNs && nanosecondsToSeconds(arrivalNs[rows - 1]! - arrivalNs[0]!);
  return {
    format,
    requests: rows,
    seconds,
    requestsPerSecond: seconds === null || seconds === 0 ? null : (rows - 1) / seconds,
    gapVariation: arrivalNs === null ? null : variation(gaps(arrivalNs)),
    promptTokens: spread(trace.promptTokens),
    outputTokens: spread(trace.outputTokens),
    zeroOutputs: trace.zeroOutputs,
    promptsWithContent: content.ends.reduce(
      (count, end, row) => count + (end > (content.ends[row - 1] ?? 0) ? 1 : 0),
      0,
    ),
  };
}

function spread(tokens: Int32Array): Spread {
  const sorted = tokens.slice().sort();
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]!;
  return { mean: mean(tokens), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function gaps(arrivalNs: Float64Array): Float64Array {
  return arrivalNs.slice(1).map((ns, index) => ns - arrivalNs[index]!);
}

function mean(values: Int32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function variation(values: Float64Array): number | null {
  const centre = mean(values);
  if (values.length < 2 || centre === 0) return null;
  const squares = values.map((value) => (value - centre) ** 2);
  return Math.sqrt(mean(squares)) / centre;
}

function table(stats: TraceStats): string {
  const rows: [string, string][] = [
    ["format", stats.format],
    ["requests", fixed(stats.requests, 0)],
    ["seconds", number(stats.seconds)],
    ["requests per second", number(stats.requestsPerSecond)],
    ["variation of gaps", number(stats.gapVariation)],
    ["prompt tokens", spreadText(stats.promptTokens)],
    ["output tokens", spreadText(stats.outputTokens)],
    ["outputs of 0 tokens", fixed(stats.zeroOutputs, 0)],
    ["prompts with content", fixed(stats.promptsWithContent, 0)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join("");
}

function number(value: number | null): string {
  return fixed(value, decimalsFor([value]));
}

function spreadText({ mean: average, p50, p90, p99, max }: Spread): string {
  const parts = [`mean ${fixed(average, 1)}`, `p50 ${fixed(p50, 0)}`, `p90 ${fixed(p90, 0)}`];
  return [...parts, `p99 ${fixed(p99, 0)}`, `max ${fixed(max, 0)}`].join(", ");
}
