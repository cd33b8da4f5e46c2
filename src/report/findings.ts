import type { Finding, ResultDocument, RunResult } from "../result.ts";
import { plainText } from "./escape.ts";
import { fixed } from "./format.ts";
import { type AllocatorRuns, byAllocator } from "./summary.ts";

/** A verdict other than `completed`, or a finding, and the allocators that it holds for. */
export interface Notice {
  readonly labels: readonly string[];
  /** `stalled`, `rejected`, `thrash` … */
  readonly code: string;
  readonly seeds: readonly number[];
  /** What happened in the first of the seeds, which request, what it needed, and what to change. */
  readonly text: string;
}

/** Everything a user should know, in the document's order; what is said of several allocators is said once. */
export function notices(document: ResultDocument): Notice[] {
  const merged = new Map<string, Notice>();
  for (const notice of byAllocator(document).flatMap(allocatorNotices)) {
    const key = JSON.stringify([notice.code, notice.text, notice.seeds]);
    const labels = [...(merged.get(key)?.labels ?? []), ...notice.labels];
    merged.set(key, { ...notice, labels });
  }
  return [...merged.values()];
}

/** Seeds that are named one by one. */
const MOST_SEEDS = 10;

/** `thrash (paged 16 | paged 32; seeds 1, 2, figures of seed 1): …` */
export function noticeText({ labels, code, seeds, text }: Notice): string {
  const [first, ...others] = seeds;
  const named =
    seeds.length <= MOST_SEEDS ? `seeds ${seeds.join(", ")}` : `${fixed(seeds.length, 0)} seeds`;
  const numbers =
    others.length === 0
      ? `seed ${first}`
      : `${named}${/\d/.test(text) ? `, figures of seed ${first}` : ""}`;
  return `${code} (${labels.join(" | ")}; ${numbers}): ${text}`;
}

function allocatorNotices({ label, runs }: AllocatorRuns): Notice[] {
  const byCode = new Map<string, { seeds: number[]; text: string }>();
  for (const run of runs) {
    for (const { code, text } of runNotices(run)) {
      const known = byCode.get(code);
      if (known === undefined) byCode.set(code, { seeds: [run.seed], text });
      else if (!known.seeds.includes(run.seed)) known.seeds.push(run.seed);
    }
  }
  return [...byCode].map(([code, { seeds, text }]) => ({ labels: [label], code, seeds, text }));
}

function runNotices({ verdict }: RunResult): { code: string; text: string }[] {
  const found = verdict.findings.map((finding) => ({
    code: finding.code,
    text: findingText(finding),
  }));
  const isTold = found.some(({ code }) => code === verdict.status);
  if (verdict.status === "completed" || isTold) return found;
  return [{ code: verdict.status, text: plainText(verdict.explanation) }, ...found];
}

/** The finding's own text, and in brackets what it does not say itself. */
function findingText({ request, need, have, setting, text }: Finding): string {
  const own = plainText(text);
  const untold = [
    { told: `request ${request}`, is: request, detail: `request ${request}` },
    { told: `${need}`, is: need, detail: `needs ${fixed(need, 0)}` },
    { told: `${have}`, is: have, detail: `has ${fixed(have, 0)}` },
    { told: `${setting}`, is: setting, detail: `change ${setting}` },
  ].filter(({ told, is }) => is !== null && !own.includes(told));
  if (untold.length === 0) return own;
  return plainText(`${own} (${untold.map(({ detail }) => detail).join(", ")})`);
}
