import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { nearest } from "../core/nearest.ts";
import { numberPaths } from "../report/result-schema.ts";
import type { RunResult } from "../result.ts";

/** One bound of a target, such as `latency.ttft.p99<=2`. */
export interface Term {
  /** Path of a number in a run's result. */
  readonly path: string;
  readonly operator: "<=" | ">=" | "<" | ">";
  /** ≥ 0, in the result's own unit. */
  readonly bound: number;
}

const TERM = /^\s*([\w.]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i;

/** The terms of `--slo "PATH<=NUMBER, …"`; all must hold. Throws {@link ConfigError} for what cannot be one. */
export function parseTarget(text: string): Term[] {
  return text.split(",").map(parseTerm);
}

function parseTerm(text: string): Term {
  const [, path, operator, bound] = TERM.exec(text) ?? [];
  if (path === undefined || operator === undefined || bound === undefined)
    throw new ConfigError(
      `--slo ${text.trim()}: expected path<=number, such as latency.ttft.p99<=2`,
    );
  const known = numberPaths();
  if (!known.includes(path))
    throw new ConfigError(
      `--slo ${text.trim()}: no number ${path} in a result${hint(path, known)}`,
    );
  return { path, operator: operator as Term["operator"], bound: Number(bound) };
}

const GOODPUT = "throughput.goodputRequestsPerSecond";

/** Throws {@link ConfigError} where a term needs a setting without which no run has its number. */
export function requireMeasured(target: readonly Term[], { measure }: Config): void {
  const term = target.find(({ path }) => path === GOODPUT);
  if (term !== undefined && measure.slo === null)
    throw new ConfigError(
      `--slo ${termText(term)}: no request counts as good without measure.slo: set measure.slo={ttft: 2s}`,
    );
}

/** Few edits away, or the rest of a path whose beginning was left out, or the same beginning. */
function hint(path: string, known: readonly string[]): string {
  const [first = "", last = ""] = [path.split(".")[0], path.split(".").at(-1)];
  const guess =
    nearest(path, known) ??
    known.find((other) => other.endsWith(`.${path}`)) ??
    known.find((other) => other.startsWith(`${first}.`) && other.endsWith(`.${last}`)) ??
    known.find((other) => other.startsWith(`${first}.`));
  return guess === undefined ? "; try latency.ttft.p99" : `; did you mean ${guess}?`;
}

/** A term as it is written. */
export function termText({ path, operator, bound }: Term): string {
  return `${path}${operator}${bound}`;
}

/** Whether a value is within the bound. */
export function isMet({ operator, bound }: Term, value: number): boolean {
  switch (operator) {
    case "<=":
      return value <= bound;
    case "<":
      return value < bound;
    case ">=":
      return value >= bound;
    case ">":
      return value > bound;
  }
}

/** Whether less is better. */
export function isCeiling({ operator }: Term): boolean {
  return operator === "<=" || operator === "<";
}

/** The number of a run that a term is about; null where the run has none. */
export function numberOf(run: RunResult, { path }: Term): number | null {
  const value = path
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | null)?.[key], run);
  return typeof value === "number" ? value : null;
}
