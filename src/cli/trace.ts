import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { TraceFormat } from "../config/config.ts";
import { unknownName } from "../config/explain.ts";
import { decimalsFor, fixed } from "../report/format.ts";
import {
  type LengthSummary,
  type TraceStatistics,
  traceFormats,
  traceStatistics,
} from "../workload/index.ts";
import { CommandError, DONE } from "./exit.ts";
import type { Output } from "./output.ts";
import { progressLine } from "./progress.ts";

/** Flags of `kvsim trace stats`. */
export interface TraceStatsOptions {
  /** Told by how the trace begins when it is not given. */
  readonly format?: string | undefined;
  readonly json: boolean;
}

/** `kvsim trace stats FILE`. */
export async function traceStats(
  path: string,
  options: TraceStatsOptions,
  output: Output,
): Promise<number> {
  const format = formatNamed(options.format);
  if (!existsSync(path)) throw new CommandError(`${path}: no such file`);
  const progress = progressLine(output);
  const onRows = (rows: number) => progress.update(rows, null, basename(path));
  const stats = await traceStatistics(path, format, onRows).finally(progress.clear);
  output.out(options.json ? `${JSON.stringify(stats, null, 2)}\n` : table(stats));
  return DONE;
}

function formatNamed(name: string | undefined): TraceFormat | null {
  if (name === undefined) return null;
  const known = Object.keys(traceFormats) as TraceFormat[];
  const found = known.find((format) => format === name);
  if (found === undefined) throw new CommandError(unknownName("trace format", name, known));
  return found;
}

function table(stats: TraceStatistics): string {
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
