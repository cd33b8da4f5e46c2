import type { RunResult } from "../result.ts";
import { plainText } from "./escape.ts";
import { MEMORY_SETTINGS } from "./findings.ts";
import { type AllocatorRuns, type Estimate, estimateMetric, type Metric } from "./summary.ts";

/** An idle share from which on memory can hardly be what limits the load. */
const MOSTLY_IDLE = 0.2;

/** Requests that lost their memory, in %, and the share of free memory that was refused, from which on it does all the same. */
const FEW_PREEMPTED = 1;
const LITTLE_REFUSED = 0.01;

/** What findings name as the setting to change where memory, or what it holds up, turned requests away. */
const HELD_UP = new Set([...MEMORY_SETTINGS, "scheduler.maxWaiting"]);
const SHORT_CODES = new Set(["overloaded", "thrash", "over-admission"]);

/** What the sentence about a result compares of one allocator. */
export interface Contender {
  readonly label: string;
  readonly running: Estimate & { readonly mean: number };
  readonly waste: number | null;
  readonly idle: number;
  /** Whether memory limited it: somebody was refused it for long, lost it, or could not be served. */
  readonly isShort: boolean;
  /** Requests that were turned away or given up, and those that lost their memory, in %. */
  readonly lost: number;
  readonly preempted: number;
  /** Time to first token, seconds. */
  readonly ttft: Estimate;
}

/** An allocator whose runs completed and were measured; null for others. `atOnce`: what it holds. */
export function contenderOf(allocator: AllocatorRuns, atOnce: Metric): Contender | null {
  const running = estimateMetric(allocator, atOnce);
  if (!isComplete(allocator) || running.mean === null) return null;
  const mean = (metric: Metric) => estimateMetric(allocator, metric).mean;
  return {
    label: plainText(allocator.label),
    running: { mean: running.mean, halfWidth: running.halfWidth },
    waste: mean((run) => run.memory.wastePercent),
    idle: mean((run) => run.memory.share?.idle ?? null) ?? 0,
    isShort: allocator.runs.some(isShort),
    lost: mean(lostPercent) ?? 0,
    preempted: mean((run) => run.preemption.requestsPreemptedPercent) ?? 0,
    ttft: estimateMetric(allocator, (run) => run.latency.ttft.mean),
  };
}

/** Whether all seeds ran as they should. */
export function isComplete({ runs }: AllocatorRuns): boolean {
  return runs.every((run) => run.verdict.status === "completed");
}

function isShort({ memory: { share }, preemption, verdict }: RunResult): boolean {
  const refused = share === null ? 0 : share.external + share.remainder;
  return (
    refused >= LITTLE_REFUSED ||
    (preemption.requestsPreemptedPercent ?? 0) >= FEW_PREEMPTED ||
    verdict.findings.some(
      ({ code, setting }) => SHORT_CODES.has(code) || HELD_UP.has(setting ?? ""),
    )
  );
}

function lostPercent({ requests: { arrived, rejected, failed } }: RunResult): number | null {
  return arrived === 0 ? null : (100 * (rejected + failed)) / arrived;
}

/** Whether memory can hardly be what limited it. */
export function hasRoomToSpare({ idle, isShort }: Contender): boolean {
  return idle >= MOSTLY_IDLE && !isShort;
}
