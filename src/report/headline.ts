import type { ResultDocument } from "../result.ts";
import { type AtOnce, atOnce } from "./at-once.ts";
import { plainText } from "./escape.ts";
import { fixed } from "./format.ts";
import {
  type AllocatorRuns,
  byAllocator,
  type Estimate,
  estimateMetric,
  type Metric,
} from "./summary.ts";

/** Allocators that differ by less than this factor are called equal. */
const CLEAR_RATIO = 1.05;

/** Mean times to first token that differ by this factor are worth a sentence. */
const SOONER_RATIO = 1.5;

/** An idle share from which on memory can hardly be what limits the load. */
const MOSTLY_IDLE = 0.2;

interface Contender {
  readonly label: string;
  readonly running: Estimate & { readonly mean: number };
  readonly waste: number | null;
  readonly idle: number;
  /** Mean time to first token, seconds. */
  readonly ttft: number | null;
}

/** The outcome in one sentence, from the data alone: who holds the most requests at once, and at what waste. */
export function headline(document: ResultDocument): string {
  const allocators = byAllocator(document);
  const { unit, metric } = atOnce(allocators);
  const contenders = allocators
    .flatMap((allocator) => contender(allocator, metric))
    .sort(byRunning);
  const best = contenders[0];
  const worst = contenders.at(-1);
  if (best === undefined || worst === undefined)
    return allocators.some(isComplete)
      ? "Nothing was measured: the measuring window is empty."
      : "No allocator completed this workload: see the verdicts.";
  const verdict = best === worst ? alone(best, unit) : contest(best, worst, contenders, unit);
  const left = allocators.length - contenders.length;
  return left === 0 ? verdict : `${verdict} ${left} of ${allocators.length} did not complete.`;
}

function contender(allocator: AllocatorRuns, atOnce: Metric): Contender[] {
  const running = estimateMetric(allocator, atOnce);
  if (!isComplete(allocator) || running.mean === null) return [];
  const waste = estimateMetric(allocator, (run) => run.memory.wastePercent).mean;
  const idle = estimateMetric(allocator, (run) => run.memory.share?.idle ?? null).mean ?? 0;
  const ttft = estimateMetric(allocator, (run) => run.latency.ttft.mean).mean;
  const { mean, halfWidth } = running;
  return [{ label: plainText(allocator.label), running: { mean, halfWidth }, waste, idle, ttft }];
}

function isComplete({ runs }: AllocatorRuns): boolean {
  return runs.every((run) => run.verdict.status === "completed");
}

function byRunning(a: Contender, b: Contender): number {
  return b.running.mean - a.running.mean;
}

function alone({ label, running, waste }: Contender, unit: AtOnce["unit"]): string {
  const wasted = waste === null ? "" : ` and wastes ${fixed(waste, 1)} % of the pool in use`;
  return `${label} holds ${fixed(running.mean, 1)} ${unit} at once${wasted}.`;
}

function contest(
  best: Contender,
  worst: Contender,
  all: readonly Contender[],
  unit: AtOnce["unit"],
): string {
  const from = fixed(worst.running.mean, 1);
  const to = fixed(best.running.mean, 1);
  // With room to spare, requests are many at once because they are slow, not because memory holds more of them.
  if (all.every((contender) => contender.idle >= MOSTLY_IDLE))
    return `No allocator is short of room (${from} to ${to} ${unit} at once): memory is not what limits this load.`;
  // The fewest, with room to spare: it serves what the others cannot keep up with.
  if (worst.idle >= MOSTLY_IDLE && isClear(best, worst))
    return `${worst.label} serves this load with ${fixed(100 * worst.idle, 0)} % of the pool idle (${from} ${unit} at once), where ${best.label} is full with ${to}.`;
  if (!isClear(best, worst))
    return `No allocator holds clearly more ${unit} than another (${from} to ${to} at once)${soonerText(all)}.`;
  const more =
    worst.running.mean === 0
      ? `more ${unit} than`
      : `${fixed(best.running.mean / worst.running.mean, 1)}x the ${unit} of`;
  return `${best.label} holds ${more} ${worst.label} at once (${to} against ${from})${wasteText(best, worst)}.`;
}

/** Who answers first, where that tells them apart. */
function soonerText(all: readonly Contender[]): string {
  const timed = all.flatMap(({ label, ttft }) => (ttft === null ? [] : [{ label, ttft }]));
  const [soonest, ...others] = timed.toSorted((a, b) => a.ttft - b.ttft);
  const latest = others.at(-1);
  if (soonest === undefined || latest === undefined || soonest.ttft === 0) return "";
  const ratio = latest.ttft / soonest.ttft;
  if (ratio < SOONER_RATIO) return "";
  const [first, last] = [fixed(soonest.ttft, 2), fixed(latest.ttft, 2)];
  return `, but ${soonest.label} says its first token ${fixed(ratio, 1)}x sooner than ${latest.label} (${first} s against ${last} s)`;
}

function isClear(best: Contender, worst: Contender): boolean {
  const lowest = best.running.mean - (best.running.halfWidth ?? 0);
  const highest = worst.running.mean + (worst.running.halfWidth ?? 0);
  const ratio = best.running.mean / worst.running.mean;
  return ratio >= CLEAR_RATIO && lowest > highest;
}

function wasteText(best: Contender, worst: Contender): string {
  if (best.waste === null || worst.waste === null) return "";
  const [own, other] = [fixed(best.waste, 1), fixed(worst.waste, 1)];
  return best.waste < worst.waste
    ? ` and wastes ${own} % of the pool in use instead of ${other} %`
    : `, yet wastes ${own} % of the pool in use against ${other} %`;
}
