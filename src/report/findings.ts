import type { Finding, ResultDocument, RunResult } from "../result.ts";
import { plainText } from "./escape.ts";
import { fixed } from "./format.ts";
import { type AllocatorRuns, byAllocator } from "./summary.ts";

/** What findings name as the setting to change where memory is too small for a request. */
export const MEMORY_SETTINGS: readonly string[] = ["memory", "allocators[].watermark"];

/** A verdict other than `completed`, or a finding, and the allocators that it holds for. */
export interface Notice {
  readonly labels: readonly string[];
  /** `stalled`, `rejected`, `thrash` … */
  readonly code: string;
  readonly seeds: readonly number[];
  /** What happened in the first of the seeds, which request, what it needed, and what to change. */
  readonly text: string;
  /** The allocator whose figures the text has, where those of the others differ. */
  readonly figuresOf?: string;
}

/** Everything a user should know, in the document's order; what is said of several allocators is said once. */
export function notices(document: ResultDocument): Notice[] {
  const all = byAllocator(document).flatMap(allocatorNotices);
  return alike(all, ({ text }) => text).map(([first, labels]) => ({ ...first, labels }));
}

/** The same in fewer lines: what differs in its figures only is said with those of the first allocator. */
export function condensedNotices(document: ResultDocument): Notice[] {
  const withoutFigures = ({ text }: Notice) => text.replace(/\d+(?:\.\d+)?/g, "#");
  return alike(notices(document), withoutFigures).map(([first, labels]) =>
    labels.length === first.labels.length
      ? first
      : { ...first, labels, figuresOf: first.labels[0]! },
  );
}

/** Of notices of the same code and seeds that say the same, the first, and the labels of all. */
function alike(
  all: readonly Notice[],
  said: (notice: Notice) => string,
): (readonly [Notice, readonly string[]])[] {
  const groups = new Map<string, [Notice, ...Notice[]]>();
  for (const notice of all) {
    const key = JSON.stringify([notice.code, said(notice), notice.seeds]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [notice]);
    else group.push(notice);
  }
  return [...groups.values()].map((group) => [group[0], group.flatMap(({ labels }) => labels)]);
}

/** Seeds that are named one by one. */
const MOST_SEEDS = 10;

/** `thrash (paged 16 | paged 32; seeds 1, 2, figures of seed 1): …` */
export function noticeText({ labels, code, seeds, text, figuresOf }: Notice): string {
  const [first, ...others] = seeds;
  const named =
    seeds.length <= MOST_SEEDS ? `seeds ${seeds.join(", ")}` : `${fixed(seeds.length, 0)} seeds`;
  const whose = [
    ...(figuresOf === undefined ? [] : [figuresOf]),
    ...(others.length > 0 && /\d/.test(text) ? [`seed ${first}`] : []),
  ];
  const numbers = [
    others.length === 0 ? `seed ${first}` : named,
    ...(whose.length === 0 ? [] : [`figures of ${whose.join(", ")}`]),
  ];
  return `${code} (${labels.join(" | ")}; ${numbers.join(", ")}): ${text}`;
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
