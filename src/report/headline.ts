import type { ResultDocument, RunResult } from "../result.ts";
import { type AtOnce, atOnce } from "./at-once.ts";
import { configValue, isRecord } from "./config-values.ts";
import { type Contender, contenderOf, hasRoomToSpare, isComplete } from "./contender.ts";
import { plainText } from "./escape.ts";
import { fixed, plusMinus } from "./format.ts";
import { byAllocator, type Estimate } from "./summary.ts";

/** Allocators that differ by less than this factor are called equal. */
const CLEAR_RATIO = 1.05;

/** Mean times to first token that differ by this factor are worth a sentence. */
const SOONER_RATIO = 1.5;

/** Percentage points of the requests that lose their memory, or are turned away, from which on that is. */
const NOTABLE_POINTS = 5;

/** Settings that are named where more differ. */
const MOST_NAMED = 3;

/** The outcome in one sentence, from the data alone: who holds the most requests at once, at what waste and what price. */
export function headline(document: ResultDocument): string {
  const allocators = byAllocator(document);
  const { unit, metric } = atOnce(allocators);
  const contenders = allocators
    .map((allocator) => contenderOf(allocator, metric))
    .filter((contender) => contender !== null)
    .sort(byRunning);
  const best = contenders[0];
  const worst = contenders.at(-1);
  if (best === undefined || worst === undefined)
    return allocators.some(isComplete)
      ? "Nothing was measured: the measuring window is empty."
      : "No allocator completed this workload: see the verdicts.";
  if (document.runs.every(hasShortWindow))
    return "No request ended in the window that was measured, so nothing tells allocators apart: widen it (see the findings).";
  const differing = loadDifferences(document);
  if (differing.length > 0)
    return `The loads differ (${plainText(differing.join(", "))}): who holds more at once says nothing of the allocators.`;
  const verdict = best === worst ? alone(best, unit) : contest(best, worst, contenders, unit);
  const left = allocators.filter((allocator) => !isComplete(allocator)).length;
  return left === 0 ? verdict : `${verdict} ${left} of ${allocators.length} did not complete.`;
}

/** Where several results were put together whose requests are not the same: what of the workload differs, a few of it. */
function loadDifferences({ config }: ResultDocument): string[] {
  const differences = configValue(config, "differences");
  if (!isRecord(differences)) return [];
  const paths = Object.keys(differences).filter((path) => path.startsWith("workload"));
  return paths.length <= MOST_NAMED ? paths : [...paths.slice(0, MOST_NAMED), "…"];
}

function hasShortWindow({ verdict }: RunResult): boolean {
  return verdict.findings.some(({ code }) => code === "short-window");
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
  if (all.every(hasRoomToSpare))
    return `No allocator is short of room (${from} to ${to} ${unit} at once): memory is not what limits this load.`;
  const isMore = isClearlyMore(best.running, worst.running, CLEAR_RATIO);
  // The fewest, with room to spare: it serves what the others cannot keep up with.
  if (hasRoomToSpare(worst) && isMore && best.isShort)
    return `${worst.label} serves this load with ${fixed(100 * worst.idle, 0)} % of the pool idle (${from} ${unit} at once), where ${best.label} is full with ${to}.`;
  if (!isMore)
    return `No allocator holds clearly more ${unit} than another (${from} to ${to} at once)${soonerText(all)}.`;
  const more =
    worst.running.mean === 0
      ? `more ${unit} than`
      : `${fixed(best.running.mean / worst.running.mean, 1)}x the ${unit} of`;
  return `${best.label} holds ${more} ${worst.label} at once (${to} against ${from})${wasteText(best, worst)}${priceText(best, worst)}.`;
}

/** Whether one is larger by that factor at least, and by more than their intervals leave open. */
function isClearlyMore(larger: Estimate, smaller: Estimate, ratio: number): boolean {
  if (larger.mean === null || smaller.mean === null) return false;
  const lowest = larger.mean - (larger.halfWidth ?? 0);
  const highest = smaller.mean + (smaller.halfWidth ?? 0);
  return larger.mean >= ratio * smaller.mean && lowest > highest;
}

/** Who answers first, where that tells them apart. */
function soonerText(all: readonly Contender[]): string {
  const timed = all.filter(({ ttft }) => ttft.mean !== null);
  const [soonest, ...others] = timed.toSorted((a, b) => a.ttft.mean! - b.ttft.mean!);
  const latest = others.at(-1);
  if (soonest === undefined || latest === undefined || soonest.ttft.mean === 0) return "";
  if (!isClearlyMore(latest.ttft, soonest.ttft, SOONER_RATIO)) return "";
  return `, but ${soonest.label} says its first token ${timesText(latest, soonest)} sooner than ${latest.label} (${secondsText(soonest, latest)})`;
}

function timesText(later: Contender, sooner: Contender): string {
  return `${fixed(later.ttft.mean! / sooner.ttft.mean!, 1)}x`;
}

function secondsText(one: Contender, other: Contender): string {
  return `${plusMinus(one.ttft, 2)} s against ${plusMinus(other.ttft, 2)} s`;
}

function wasteText(best: Contender, worst: Contender): string {
  if (!wastesLess(best, worst)) return "";
  return ` and wastes ${fixed(best.waste, 1)} % of the pool in use instead of ${fixed(worst.waste, 1)} %`;
}

function wastesLess(a: Contender, b: Contender): boolean {
  return a.waste !== null && b.waste !== null && CLEAR_RATIO * a.waste < b.waste;
}

/** What holding more costs: it is no end in itself. */
function priceText(best: Contender, worst: Contender): string {
  const against = (a: number | null, b: number | null) =>
    `${fixed(a, 1)} % against ${fixed(b, 1)} %`;
  const costs: string[] = [];
  if (wastesLess(worst, best))
    costs.push(
      `wastes ${fixed(best.waste, 1)} % of the pool in use against ${fixed(worst.waste, 1)} %`,
    );
  if (best.lost >= worst.lost + NOTABLE_POINTS)
    costs.push(`turns more away (${against(best.lost, worst.lost)})`);
  if (best.preempted >= worst.preempted + NOTABLE_POINTS)
    costs.push(`preempts more requests (${against(best.preempted, worst.preempted)})`);
  if (worst.ttft.mean !== 0 && isClearlyMore(best.ttft, worst.ttft, SOONER_RATIO))
    costs.push(
      `says its first token ${timesText(best, worst)} later (${secondsText(best, worst)})`,
    );
  return costs.length === 0 ? "" : `, yet ${listed(costs)}`;
}

function listed(parts: readonly string[]): string {
  const [last, ...others] = parts.toReversed();
  return others.length === 0 ? last! : `${others.toReversed().join(", ")} and ${last}`;
}
