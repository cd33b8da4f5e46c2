import { existsSync, statSync } from "node:fs";
import type { TraceFormat } from "../config/config.ts";
import { unknownName } from "../config/explain.ts";
import { decimalsFor, fixed } from "../report/format.ts";
import {
  type LengthSummary,
  TraceError,
  type TraceStatistics,
  traceFormats,
  traceStatistics,
} from "../workload/index.ts";
import { CommandError, DONE } from "./exit.ts";
import type { Output } from "./output.ts";

/** Flags of `kvsim trace stats`. */
export interface TraceStatsOptions {
  /** Found by trying when it is not given. */
  readonly format?: string | undefined;
  readonly json: boolean;
}

/** What a trace is like, and the format that read it. */
type Described = TraceStatistics & { readonly format: TraceFormat };

/** `kvsim trace stats FILE`. */
export async function traceStats(
  path: string,
  options: TraceStatsOptions,
  output: Output,
): Promise<number> {
  const stats = await describeTrace(path, options.format);
  output.out(options.json ? `${JSON.stringify(stats, null, 2)}\n` : table(stats));
  return DONE;
}

async function describeTrace(path: string, format: string | undefined): Promise<Described> {
  const known = Object.keys(traceFormats) as TraceFormat[];
  const chosen = known.find((name) => name === format);
  if (chosen !== undefined) return { format: chosen, ...(await traceStatistics(path, chosen)) };
  if (format !== undefined) throw new CommandError(unknownName("trace format", format, known));
  if (!existsSync(path)) throw new CommandError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new CommandError(`${path}: is a folder, expected a file`);
  if (statSync(path).size === 0) throw new CommandError(`${path}: is empty, expected a trace`);
  for (const candidate of known) {
    const stats = await tryFormat(path, candidate);
    if (stats !== null) return { format: candidate, ...stats };
  }
  const text = `no trace format reads it; --format ${known.join("|")} says why`;
  throw new CommandError(`${path}: ${text}`);
}

async function tryFormat(path: string, format: TraceFormat): Promise<TraceStatistics | null> {
  try {
    return await traceStatistics(path, format);
  } catch (error) {
    if (error instanceof TraceError) return null;
    throw error;
  }
}

function table(stats: Described): string {
  const rows: [string, string][] = [
    ["format", stats.format],
    ["requests", fixed(stats.rows, 0)],
    ["seconds", number(stats.durationSeconds)],
    ["requests per second", number(stats.requestsPerSecond)],
    ["variation of gaps", number(stats.gapVariation)],
    ["prompt tokens", lengthText(stats.prompt)],
    ["output tokens", lengthText(stats.output)],
    ["outputs of 0 tokens", fixed(stats.zeroOutputs, 0)],
    ["rank correlation", number(stats.rankCorrelation)],
    ["shared prefix", stats.prefixHitRatio === null ? "–" : percent(stats.prefixHitRatio)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(21)}${value}\n`).join("");
}

function number(value: number | null): string {
  return fixed(value, decimalsFor([value]));
}

function percent(ratio: number): string {
  return `${fixed(100 * ratio, 1)} % of the prompt tokens, with an unlimited cache`;
}

function lengthText({ mean, p50, p99, max }: LengthSummary): string {
  const average = fixed(mean, mean < 1000 ? 1 : 0);
  return `mean ${average}, median ${fixed(p50, 0)}, p99 ${fixed(p99, 0)}, max ${fixed(max, 0)}`;
}
