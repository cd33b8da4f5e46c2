import type { ResultDocument } from "../result.ts";
import { atOnce } from "./at-once.ts";
import { displayWidth, padEndDisplay, plainText, shorten, wrap } from "./escape.ts";
import { condensedNotices, noticeText } from "./findings.ts";
import { decimalsFor, fixed, NOTHING } from "./format.ts";
import { headline } from "./headline.ts";
import { meanPartShares, POOL_PARTS } from "./parts.ts";
import { poolText, workloadText } from "./scenario.ts";
import { type AllocatorRuns, byAllocator, estimateMetric, type Metric } from "./summary.ts";
import { textBar } from "./text-bar.ts";

/** What the terminal can show; passed in, so that the same run prints the same bytes. */
export interface TerminalOptions {
  /** Columns that no line exceeds, ≥ 80. */
  readonly width: number;
  readonly color: boolean;
}

type Paint = (text: string, ansi: string) => string;

const GAP = "  ";
const LEAST_BAR = 16;
const LEAST_LABEL = 9;
const BOLD = "1";

/** What a run of the command prints: one row an allocator, a legend, what went wrong, and the outcome in words. */
export function terminalReport(document: ResultDocument, options: TerminalOptions): string {
  const { width } = options;
  const paint: Paint = options.color
    ? (text, ansi) => (text === "" ? "" : `\u001b[${ansi}m${text}\u001b[0m`)
    : (text) => text;
  const bold = (line: string) => paint(line, BOLD);
  const sections = [
    [
      ...wrap(`${document.name}: a pool of ${poolText(document)}`, width).map(bold),
      ...wrap(workloadText(document), width),
    ],
    tableLines(document, width, paint),
    legendLines(document, width, paint),
    cacheLines(document, width),
    noticeLines(document, width),
    wrap(headline(document), width).map(bold),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function tableLines(document: ResultDocument, width: number, paint: Paint): string[] {
  const allocators = byAllocator(document);
  const running = runningColumn(allocators);
  const waste = column(["", "waste", "%"], allocators, (run) => run.memory.wastePercent, 1);
  const preempted = column(
    ["", "preempted", "%"],
    allocators,
    (run) => run.preemption.requestsPreemptedPercent,
    1,
  );
  const ttft = column(["", "TTFT", "s"], allocators, (run) => run.latency.ttft.mean, null);
  const numbers = [running, waste, preempted, ttft].map(alignRight);
  const used = numbers.reduce((sum, cells) => sum + (cells[0]?.length ?? 0), 0) + 5 * GAP.length;
  const longest = Math.max(...allocators.map(({ label }) => displayWidth(plainText(label))));
  const labelWidth = Math.max(LEAST_LABEL, Math.min(longest, width - used - LEAST_BAR));
  const barWidth = width - used - labelWidth;
  const labels = ["", "", "allocator", ...allocators.map(({ label }) => label)];
  const bars = [
    ...["", "where the", "pool goes"].map((title) => title.padEnd(barWidth)),
    ...allocators.map((allocator) => textBar(meanPartShares(allocator), barWidth, paint)),
  ];
  return labels
    .map((label, row) => {
      const [first = "", ...others] = numbers.map((cells) => cells[row] ?? "");
      const name = padEndDisplay(shorten(label, labelWidth), labelWidth);
      return [name, first, bars[row], ...others].join(GAP).trimEnd();
    })
    .filter((line) => line !== "");
}

/** The mean with its interval, both aligned by themselves. */
function runningColumn(allocators: readonly AllocatorRuns[]): string[] {
  const { unit, metric } = atOnce(allocators);
  const estimates = allocators.map((allocator) => estimateMetric(allocator, metric));
  const means = alignRight(estimates.map(({ mean }) => fixed(mean, 1)));
  const halves = alignRight(
    estimates.map(({ halfWidth }) => (halfWidth === null ? "" : fixed(halfWidth, 1))),
  );
  const cells = means.map((mean, row) => {
    const half = halves[row] ?? "";
    return half.trim() === "" ? mean + (half === "" ? "" : `   ${half}`) : `${mean} ± ${half}`;
  });
  return ["", unit, "at once", ...cells];
}

/** Headings and the mean over the seeds; `decimals` null chooses by the values. */
function column(
  headings: readonly string[],
  allocators: readonly AllocatorRuns[],
  metric: Metric,
  decimals: number | null,
): string[] {
  const means = allocators.map((allocator) => estimateMetric(allocator, metric).mean);
  return [...headings, ...means.map((mean) => fixed(mean, decimals ?? decimalsFor(means)))];
}

function alignRight(cells: readonly string[]): string[] {
  const width = Math.max(0, ...cells.map((cell) => cell.length));
  return cells.map((cell) => cell.padStart(width));
}

function legendLines(document: ResultDocument, width: number, paint: Paint): string[] {
  const indent = Math.max(...POOL_PARTS.map(({ name }) => name.length)) + 5;
  const parts = POOL_PARTS.flatMap(({ glyph, ansi, name, meaning }) =>
    wrap(meaning, width - indent).map((line, index) =>
      index === 0
        ? `${paint(glyph.repeat(2), ansi)} ${name.padEnd(indent - 3)}${line}`
        : " ".repeat(indent) + line,
    ),
  );
  const allocators = byAllocator(document);
  const hasSeeds = allocators.some(({ runs }) => runs.length > 1);
  const { unit, note } = atOnce(allocators);
  const columns = [
    `${unit} at once: mean number in memory${hasSeeds ? "; ±: 95 % interval of the mean over seeds" : ""}.`,
    "waste: reserved, internal, external & others in % of what is not idle.",
    `preempted: requests that lost their memory on the way. TTFT: mean time to first token. ${NOTHING}: no data.`,
  ];
  return [...parts, ...wrap(columns.join(" "), width), ...(note === null ? [] : wrap(note, width))];
}

/** Hits below it are printed as 0.0 %. */
const LEAST_HIT_RATE = 0.0005;

/** What a prefix cache found and keeps, a line an allocator with one that found something. */
function cacheLines(document: ResultDocument, width: number): string[] {
  return byAllocator(document).flatMap((allocator) => {
    const hits = estimateMetric(allocator, (run) => run.sharing.prefixHitRatePerRequest).mean;
    const cached = estimateMetric(allocator, (run) => run.memory.cachedShare).mean;
    if (hits === null || cached === null || hits < LEAST_HIT_RATE) return [];
    const text = `${plainText(allocator.label)}: ${fixed(100 * hits, 1)} % of the prompts' tokens were in the prefix cache; ${fixed(100 * cached, 1)} % of the pool is free and could still be hit.`;
    return wrap(text, width);
  });
}

function noticeLines(document: ResultDocument, width: number): string[] {
  return condensedNotices(document).flatMap((notice) =>
    wrap(noticeText(notice), width - 2).map((line, index) => (index === 0 ? "! " : "  ") + line),
  );
}
