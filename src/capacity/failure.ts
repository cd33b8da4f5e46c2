import { MEMORY_SETTINGS } from "../report/findings.ts";
import type { Finding, RunResult, VerdictStatus } from "../result.ts";
import type { Axis } from "./axis.ts";
import { isCeiling, numberOf, type Term } from "./target.ts";

/** Why the values of a load count for nothing. */
export interface Failure {
  /**
   * `does not fit`: the model alone is too large; `turned away`: the load is served in part; `overloaded`: it is served
   * later and later; or how a run ended that did not complete. Where no term is missed, also `not measured`: some run has
   * no value of a term; `too short`: some run is over before its load was there.
   */
  readonly what:
    | "does not fit"
    | "turned away"
    | "overloaded"
    | "too short"
    | "not measured"
    | Exclude<VerdictStatus, "completed">;
  /** Config path of what decides it, or path of the value that is not there; null where it is neither. */
  readonly cause: string | null;
}

/** Whether runs at such a load tell nothing, neither that it is served nor that it is not. */
export function isUntold({ what }: Failure): boolean {
  return what === "not measured" || what === "too short";
}

/** Why a run's values count for nothing: it did not complete, or did not serve the load that it was given. */
export function failureOf(
  { verdict: { status, findings } }: RunResult,
  axis: Axis,
  target: readonly Term[],
): Failure | null {
  if (status !== "completed") return { what: status, cause: findings[0]?.setting ?? null };
  const away = findings.find((finding) => isTurnedAway(finding, axis, target));
  if (away !== undefined) return { what: "turned away", cause: away.setting };
  const isOverloaded = findings.some(({ code }) => code === "overloaded");
  return isOverloaded && mustKeepUp(axis, target) ? { what: "overloaded", cause: null } : null;
}

/** Why runs that miss no term do not show either that they meet the target: not all have values, or of what lasts. */
export function untoldBy(
  runs: readonly RunResult[],
  axis: Axis,
  target: readonly Term[],
): Failure | null {
  const unmeasured = target.find((term) => runs.some((run) => numberOf(run, term) === null));
  if (unmeasured !== undefined) {
    const findings = runs.flatMap(({ verdict }) => verdict.findings);
    const isEmpty = findings.some(({ code }) => code === "empty-window");
    return { what: "not measured", cause: isEmpty ? "measure.from" : unmeasured.path };
  }
  const isShort = mustKeepUp(axis, target) && runs.some(isTooShort);
  return isShort ? { what: "too short", cause: null } : null;
}

/** A run is long enough from so many times what a request takes on average. */
const LONG = 4;

/** Whether requests stop coming before as many are there at once as there would be if they went on. */
function isTooShort({ latency, simulated }: RunResult): boolean {
  return simulated.seconds < LONG * (latency.endToEnd.mean ?? 0);
}

/**
 * Where a queue grows to the end of a run, latencies are as long as the run. Memory may be asked for what it does when it
 * is saturated, as long as that is not how long somebody waits.
 */
function mustKeepUp({ hasRate, seek }: Axis, target: readonly Term[]): boolean {
  return hasRate && (seek === "largest" || target.some(({ path }) => path.startsWith("latency.")));
}

/** Where requests are counted that a finding tells of. */
const COUNTS: Readonly<Record<string, string>> = {
  rejected: "requests.rejected",
  "waiting-room-full": "requests.rejected",
  failed: "requests.failed",
  "swap-starvation": "requests.failed",
};

/** Those who are left when the others were turned away are served fast: that answers nothing, unless the target says how many may be. */
function isTurnedAway(finding: Finding, axis: Axis, target: readonly Term[]): boolean {
  const count = COUNTS[finding.code];
  if (count === undefined || isInevitable(finding, axis)) return false;
  return !target.some((term) => term.path === count && isCeiling(term));
}

/**
 * Whether no load would help: a request is rejected for what it is, and one that outgrows the whole pool fails alone, too.
 * Where memory is searched only what memory cannot help is inevitable.
 */
function isInevitable({ code, setting }: Finding, { seek }: Axis): boolean {
  const isOfMemory = setting !== null && MEMORY_SETTINGS.includes(setting);
  if (seek === "smallest") return code === "rejected" && !isOfMemory;
  return code === "rejected" || setting === "memory";
}
