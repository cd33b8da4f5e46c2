import type { Finding, RunResult, VerdictStatus } from "../result.ts";
import type { Axis } from "./axis.ts";
import { isCeiling, type Term } from "./target.ts";

/** Why the values of a load count for nothing. */
export interface Failure {
  /**
   * `does not fit`: the model alone is too large; `turned away`: the load is served in part; `overloaded`: it is served
   * later and later; `too short`: it is over before it was there; `not measured`: some run has no value of a term, and no
   * other term is missed; or how a run ended that did not complete.
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
export function failureOf(run: RunResult, axis: Axis, target: readonly Term[]): Failure | null {
  const { status, findings } = run.verdict;
  if (status !== "completed") return { what: status, cause: findings[0]?.setting ?? null };
  const away = findings.find((finding) => isTurnedAway(finding, axis, target));
  if (away !== undefined) return { what: "turned away", cause: away.setting };
  if (!mustKeepUp(axis, target)) return null;
  if (findings.some(({ code }) => code === "overloaded"))
    return { what: "overloaded", cause: null };
  return isTooShort(run) ? { what: "too short", cause: null } : null;
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

/** What is wrong with runs of which some have no value of `term`: most often they are over before the measuring window begins. */
export function withoutValues(runs: readonly RunResult[], term: Term): Failure {
  const findings = runs.flatMap(({ verdict }) => verdict.findings);
  const isEmpty = findings.some(({ code }) => code === "empty-window");
  return { what: "not measured", cause: isEmpty ? "measure.from" : term.path };
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

const OF_MEMORY = ["memory", "allocators[].watermark"];

/**
 * Whether no load would help: a request is rejected for what it is, and one that outgrows the whole pool fails alone, too.
 * Where memory is searched only what memory cannot help is inevitable.
 */
function isInevitable({ code, setting }: Finding, { seek }: Axis): boolean {
  const isOfMemory = setting !== null && OF_MEMORY.includes(setting);
  if (seek === "smallest") return code === "rejected" && !isOfMemory;
  return code === "rejected" || setting === "memory";
}
