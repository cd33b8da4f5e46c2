import { NANOSECONDS_PER_SECOND, type Nanoseconds, TIME_LIMIT_NS } from "../../core/time.ts";
import type { Tokens } from "../../request.ts";
import type { TraceLine } from "./lines.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** One value of a line as text: a CSV field, or a JSON value written out. Empty where the line has none. */
export interface Field {
  readonly line: Pick<TraceLine, "path" | "number">;
  /** The column or key as the format calls it. */
  readonly name: string;
  /** Where it stands, from 1. */
  readonly column: number;
  readonly text: string;
}

/** Columns are 32-bit integers. */
const INTEGER_MAX = 2 ** 31 - 1;

/** Whether a value fits a column of integers ≥ 0. */
export function isInteger32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= INTEGER_MAX;
}

/** Throws the {@link TraceError} of a field that is not what was `expected`. */
export function refuse({ line, name, column, text }: Field, expected: string): never {
  throw new TraceError(line.path, line.number, column, quoted(text), `${name} to be ${expected}`);
}

/** A whole number from `least` to `most`; a decimal point followed by zeros may stand behind it. */
export function wholeNumber(field: Field, least: number, most = INTEGER_MAX): number {
  const value = /^\d+(\.0+)?$/.test(field.text) ? Number(field.text) : Number.NaN;
  if (value >= least && value <= most) return value;
  return refuse(field, `a whole number from ${least} to ${most}`);
}

/** At least 1: a request without a prompt has nothing to compute. Throws {@link TraceError}. */
export function promptLength(field: Field): Tokens {
  return wholeNumber(field, 1);
}

/** May be 0 in a trace; `TraceBuilder` says what becomes of it. */
export function outputLength(field: Field): Tokens {
  return wholeNumber(field, 0);
}

/** A time ≥ 0 in units of `unitsPerSecond`, as the nearest nanosecond. */
export function time(field: Field, unitsPerSecond: number): Nanoseconds {
  const value = /^\d*\.?\d+(e[+-]?\d+)?$/i.test(field.text) ? Number(field.text) : Number.NaN;
  const ns = Math.round((value * NANOSECONDS_PER_SECOND) / unitsPerSecond);
  if (ns <= TIME_LIMIT_NS) return ns;
  return refuse(field, "a time from the start, at least 0 and at most 104 days");
}
