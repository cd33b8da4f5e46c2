import type { Distribution, LatencyResult, ResultDocument } from "../result.ts";
import { atOnce } from "./at-once.ts";
import { notices, noticeText } from "./findings.ts";
import { decimalsFor, fixed, plusMinus } from "./format.ts";
import { POOL_SHARES } from "./parts.ts";
import { publishedSection } from "./published-section.ts";
import { windowText } from "./scenario.ts";
import { type AllocatorRuns, byAllocator, estimateMetric, type Metric } from "./summary.ts";
import { numberColumn, type Section, textColumn } from "./table.ts";

/** The tables of `report.md` and `report.html`, in reading order; what has nothing to say is left out. */
export function reportSections(document: ResultDocument): Section[] {
  const allocators = byAllocator(document);
  return [
    overview(document, allocators),
    shares(allocators),
    latency(allocators),
    preemption(allocators),
    ...prefixCache(allocators),
    ...publishedSection(document),
    ...findings(document),
  ];
}

/** Said once, under the first table. */
function intervalNote(allocators: readonly AllocatorRuns[]): string {
  return allocators.some(({ runs }) => runs.length > 1)
    ? " Means over the seeds; ± is half of the 95 % confidence interval (Student's t)."
    : "";
}

interface Measure {
  readonly title: string;
  readonly metric: Metric;
  /** Null chooses by the values. */
  readonly decimals: number | null;
}

/** One row an allocator, one column a measure. */
function measureTable(allocators: readonly AllocatorRuns[], measures: readonly Measure[]) {
  const columns = measures.map(({ metric, decimals }) => {
    const estimates = allocators.map((allocator) => estimateMetric(allocator, metric));
    const digits = decimals ?? decimalsFor(estimates.map(({ mean }) => mean));
    return estimates.map((estimate) => plusMinus(estimate, digits));
  });
  return {
    columns: [textColumn("allocator"), ...measures.map(({ title }) => numberColumn(title))],
    rows: allocators.map(({ label }, row) => [label, ...columns.map((cells) => cells[row] ?? "")]),
  };
}

function overview(document: ResultDocument, allocators: readonly AllocatorRuns[]): Section {
  const { unit, metric, note } = atOnce(allocators);
  const measures: Measure[] = [
    { title: `${unit} at once`, metric, decimals: 2 },
    {
      title: unit === "requests" ? "peak" : "peak of requests",
      metric: ({ concurrency }) => concurrency.runningPeak,
      decimals: 0,
    },
    { title: "waste %", metric: ({ memory }) => memory.wastePercent, decimals: 1 },
    { title: "tokens %", metric: ({ memory }) => memory.utilizationPercent, decimals: 1 },
    {
      title: "requests/s",
      metric: ({ throughput }) => throughput.requestsPerSecond,
      decimals: null,
    },
    {
      title: "output tokens/s",
      metric: ({ throughput }) => throughput.outputTokensPerSecond,
      decimals: null,
    },
    { title: "finished", metric: ({ requests }) => requests.finished, decimals: 0 },
    { title: "rejected", metric: ({ requests }) => requests.rejected, decimals: 0 },
    { title: "failed", metric: ({ requests }) => requests.failed, decimals: 0 },
  ];
  const window = windowText(document);
  const averages =
    window === null
      ? ""
      : `Averages and rates are of the window ${window}; peaks, counts and pictures over time of the whole run. `;
  const waste =
    "Waste is everything that is neither tokens nor idle, in % of the pool that is not idle.";
  return {
    title: "Allocators",
    paragraphs: [
      `${averages}${waste}${intervalNote(allocators)}`,
      ...(note === null ? [] : [note]),
    ],
    table: measureTable(allocators, measures),
    bullets: [],
  };
}

function shares(allocators: readonly AllocatorRuns[]): Section {
  const measures = POOL_SHARES.map(
    ({ key, title }): Measure => ({
      title: `${title} %`,
      metric: ({ memory }) => (memory.share === null ? null : 100 * memory.share[key]),
      decimals: 2,
    }),
  );
  return {
    title: "Shares of the pool",
    paragraphs: ["Time averages over the window; each row adds up to 100 %."],
    table: measureTable(allocators, measures),
    bullets: POOL_SHARES.map(({ title, meaning }) => `${title}: ${meaning}`),
  };
}

const LATENCIES: readonly { key: keyof LatencyResult; title: string; scale: number }[] = [
  { key: "ttft", title: "TTFT, s", scale: 1 },
  { key: "tpot", title: "TPOT, ms", scale: 1000 },
  { key: "endToEnd", title: "end to end, s", scale: 1 },
  { key: "normalized", title: "normalized, ms", scale: 1000 },
];

const STATISTICS: readonly (keyof Distribution)[] = ["mean", "p50", "p99"];

/** Allocators below each other within a latency, so that the eye compares what is comparable. */
function latency(allocators: readonly AllocatorRuns[]): Section {
  const rows = LATENCIES.flatMap(({ key, title, scale }) => {
    const estimates = allocators.map((allocator) =>
      STATISTICS.map((statistic) =>
        estimateMetric(allocator, (run) => run.latency[key][statistic]),
      ),
    );
    const means = estimates.flat().map(({ mean }) => (mean === null ? null : mean * scale));
    const decimals = decimalsFor(means);
    return allocators.map(({ label }, row) => [
      label,
      title,
      ...(estimates[row] ?? []).map((estimate) => plusMinus(estimate, decimals, scale)),
    ]);
  });
  return {
    title: "Latency",
    paragraphs: [
      "Finished requests that arrived in the window. TTFT: arrival to first token; TPOT: time per output token after the first; normalized: end to end per output token.",
    ],
    table: {
      columns: [textColumn("allocator"), textColumn("latency"), ...STATISTICS.map(numberColumn)],
      rows,
    },
    bullets: [],
  };
}

function preemption(allocators: readonly AllocatorRuns[]): Section {
  const measures: Measure[] = [
    {
      title: "requests preempted %",
      metric: (run) => run.preemption.requestsPreemptedPercent,
      decimals: 2,
    },
    { title: "preemptions", metric: (run) => run.preemption.count, decimals: 0 },
    { title: "recomputed tokens", metric: (run) => run.preemption.recomputedTokens, decimals: 0 },
    { title: "blocks swapped out", metric: (run) => run.preemption.swappedOutBlocks, decimals: 0 },
    { title: "transfers, s", metric: (run) => run.preemption.transferSeconds, decimals: 2 },
    { title: "copies on write", metric: (run) => run.sharing.copyOnWriteCopies, decimals: 0 },
    {
      title: "blocks saved by sharing %",
      metric: (run) => run.sharing.blocksSavedPercent,
      decimals: 2,
    },
  ];
  return {
    title: "Preemption and sharing",
    paragraphs: ["Counts over the whole run."],
    table: measureTable(allocators, measures),
    bullets: [],
  };
}

/** Only where an allocator has one. */
function prefixCache(allocators: readonly AllocatorRuns[]): Section[] {
  const caching = allocators.filter(({ runs }) =>
    runs.some(({ sharing }) => sharing.prefixLookupTokens !== null),
  );
  if (caching.length === 0) return [];
  const percent = (share: number | null) => (share === null ? null : 100 * share);
  const measures: Measure[] = [
    {
      title: "prompt tokens hit %",
      metric: (run) => percent(run.sharing.prefixHitRatePerRequest),
      decimals: 1,
    },
    { title: "vLLM prints %", metric: (run) => percent(run.sharing.prefixHitRate), decimals: 1 },
    { title: "tokens looked up", metric: (run) => run.sharing.prefixLookupTokens, decimals: 0 },
    { title: "tokens hit", metric: (run) => run.sharing.prefixHitTokens, decimals: 0 },
    { title: "cached and free %", metric: (run) => percent(run.memory.cachedShare), decimals: 1 },
    { title: "blocks evicted", metric: (run) => run.sharing.evictedBlocks, decimals: 0 },
  ];
  return [
    {
      title: "Prefix cache",
      paragraphs: [
        "Prompt tokens hit: at each request's first admission. What vLLM prints counts every look-up, also of a request that is refused and looked up again in the next step. Cached and free: part of the pool that nobody holds and that could still be hit.",
      ],
      table: measureTable(caching, measures),
      bullets: [],
    },
  ];
}

function findings(document: ResultDocument): Section[] {
  const bullets = notices(document).map(noticeText);
  if (bullets.length === 0) return [];
  return [{ title: "Verdicts and findings", paragraphs: [], table: null, bullets }];
}

/** One line a run: what to compare when two results should be the same. */
export function fingerprints(document: ResultDocument): string[] {
  return document.runs.map(
    ({ allocator, seed, fingerprint, simulated }) =>
      `${allocator.label}, seed ${seed}: ${fingerprint} (${fixed(simulated.decisions, 0)} decisions)`,
  );
}
