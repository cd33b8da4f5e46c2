import type { Axis } from "../capacity/axis.ts";
import { type Capacity, CLIFF } from "../capacity/capacity.ts";
import { type Failure, isUntold } from "../capacity/failure.ts";
import type { Probe } from "../capacity/probe.ts";
import { isCeiling, type Term } from "../capacity/target.ts";
import type { Config } from "../config/config.ts";
import { fixed } from "../report/format.ts";
import { amount, loadText, valueText } from "./capacity-format.ts";

/** A search that is done. */
export interface CapacityReport {
  readonly config: Config;
  readonly axis: Axis;
  readonly target: readonly Term[];
  readonly capacities: readonly Capacity[];
}

const KINDS = {
  rate: "rate",
  concurrency: "number of users",
  pool: "pool",
  tp: "tensor-parallel size",
} as const;

/** What there is to say about one allocator, in a sentence: how sharp its edge is, or why there is none. */
export function note(capacity: Capacity, report: CapacityReport): string {
  const { axis, config } = report;
  const { edge, isOpen, outside, beyond, probes } = capacity;
  if (edge === null)
    return `no ${KINDS[axis.name]} that was tried meets the target (${tried(probes, axis)})${closest(capacity, report)}`;
  if (isOpen && outside !== null) {
    const side = axis.seek === "largest" ? "above" : "below";
    return untold(outside.failure!, `${side} ${amount(edge.load, axis)}`, config);
  }
  if (isOpen) {
    const isAll = axis.name === "concurrency" && edge.load === config.workload.requests;
    const more = isAll ? "; for more users raise workload.requests" : "";
    return `every ${KINDS[axis.name]} that was tried meets the target (${tried(probes, axis)})${more}`;
  }
  if (beyond === null) return `${amount(edge.load, axis)} is the least there is`;
  return cliff(capacity, edge, beyond, report);
}

function tried(probes: readonly Probe[], axis: Axis): string {
  const [first, last] = [probes[0]!.load, probes.at(-1)!.load];
  if (first === last) return amount(first, axis);
  return `${probes.length} from ${loadText(first, axis)} to ${amount(last, axis)}`;
}

/** What is wrong with the load that should meet the target first. */
function closest({ outside, limitedBy }: Capacity, { axis, target, config }: CapacityReport) {
  if (outside === null) return "";
  const { failure, values, load } = outside;
  const where = `at ${amount(load, axis)}`;
  if (failure !== null && isUntold(failure)) return `; ${untold(failure, where, config)}`;
  if (failure !== null) return `; ${where} ${failureText(failure)}`;
  return `; ${where} ${target[limitedBy]!.path} is ${valueText(values[limitedBy]!.mean!)}`;
}

function untold({ what, cause }: Failure, where: string, { workload }: Config): string {
  const length = workload.requests === null ? "workload.duration" : "workload.requests";
  if (what === "too short") return `runs are too short to tell ${where}: raise ${length}`;
  if (cause !== "measure.from") return `${cause} is not measured in every run ${where}`;
  return `not every run is measured ${where}: lower measure.from or raise ${length}`;
}

const FAILURES: Readonly<Record<Failure["what"], string>> = {
  "does not fit": "the model does not fit",
  "turned away": "requests are turned away",
  overloaded: "the queue grows to the end of a run",
  "too short": "runs are too short to tell",
  "not measured": "not every run is measured",
  "rejected-all": "no request is admitted",
  aborted: "a run is aborted",
  stalled: "a run stalls",
};

/** Why a load is not served, as a clause. */
export function failureText({ what, cause }: Failure): string {
  return cause === null ? FAILURES[what] : `${FAILURES[what]} (${cause})`;
}

/** Whether nothing is served any more, where others are served badly. */
function isCollapse({ what }: Failure): boolean {
  return what !== "turned away" && what !== "overloaded";
}

function cliff(
  { limitedBy, growth }: Capacity,
  edge: Probe,
  beyond: Probe,
  { axis, target, config }: CapacityReport,
): string {
  const step = stepText(edge.load, beyond.load, axis);
  const { failure } = beyond;
  const where = `at ${amount(beyond.load, axis)}`;
  if (failure !== null && isUntold(failure))
    return `no cliff can be told: ${untold(failure, where, config)}`;
  if (failure !== null)
    return `${isCollapse(failure) ? "cliff: " : ""}with ${step} ${failureText(failure)}`;
  if (beyond.meets) return `no cliff: the target is met again ${where}`;
  const term = target[limitedBy]!;
  if (growth === null) {
    const isZero = edge.values[limitedBy]!.mean === 0;
    const why = isZero ? "is 0 at the edge" : `has no value ${where}`;
    return `no cliff can be told: ${term.path} ${why}`;
  }
  const shown = Number(growth.toFixed(growth < 1 ? 2 : 1));
  const isCliff = isCeiling(term) ? shown >= CLIFF : shown <= 1 / CLIFF;
  const makes = axis.name === "tp" ? "make" : "makes";
  const times = `${step} ${makes} ${term.path} ${fixed(growth, growth < 1 ? 2 : 1)} times as large`;
  return `${isCliff ? "cliff" : "no cliff"}: ${times}`;
}

/** Of few users one more is more than the step that is meant. */
function stepText(edge: number, beyond: number, { name, seek }: Axis): string {
  if (name === "tp") return "half as many GPUs";
  const percent = fixed((100 * Math.abs(beyond - edge)) / edge, 0);
  return `${percent} % ${seek === "largest" ? "more load" : "less memory"}`;
}
