import { findGpu } from "../../src/config/catalog/find-gpu.ts";
import { findModel } from "../../src/config/catalog/find-model.ts";
import { GIB } from "../../src/planner/estimate.ts";
import type { MemoryPlan } from "../../src/planner/plan.ts";
import { grouped } from "../../src/planner/python-format.ts";
import { type LoggedRun, planLoggedRun } from "./logged-run.ts";

/** A log beside its plan; null where the log does not say. */
export interface CheckRow {
  readonly run: LoggedRun;
  readonly plan: MemoryPlan | null;
  /** Why there is no plan. */
  readonly unknown: string | null;
  /** What the pool is compared in. */
  readonly unit: "blocks" | "tokens";
  readonly logged: number | null;
  readonly planned: number | null;
  readonly differencePercent: number | null;
  /** The pool's range, for a multimodal model whose profile nobody can foretell. */
  readonly range: readonly [number, number] | null;
}

export const MOST_MEDIAN_PERCENT = 5;
export const MOST_WORST_PERCENT = 15;
const MOST_WEIGHTS_PERCENT = 3;

export function checkRows(runs: readonly LoggedRun[]): CheckRow[] {
  return runs.map(checkRow);
}

function checkRow(run: LoggedRun): CheckRow {
  const plan = planLoggedRun(run);
  const unit = run.gpu_blocks === null ? "tokens" : "blocks";
  const logged = unit === "blocks" ? run.gpu_blocks : run.kv_tokens;
  if ("unknown" in plan)
    return {
      run,
      plan: null,
      unknown: plan.unknown,
      unit,
      logged,
      planned: null,
      differencePercent: null,
      range: null,
    };
  const planned = plan.pool[unit];
  return {
    run,
    plan,
    unknown: null,
    unit,
    logged,
    planned,
    differencePercent: logged === null ? null : 100 * (planned / logged - 1),
    range:
      plan.settings.architecture.vision === null ? null : [plan.poolLow[unit], plan.poolHigh[unit]],
  };
}

/** The rows that the bounds are for: grades A and A+, and files that do not grade. */
function graded(rows: readonly CheckRow[]): CheckRow[] {
  return rows.filter(({ run }) => (run.grade ?? "A").startsWith("A"));
}

/** Ordered sizes of the differences of the rows whose plan is one figure. */
function differences(rows: readonly CheckRow[]): number[] {
  return graded(rows)
    .filter(({ range }) => range === null)
    .flatMap(({ differencePercent }) => differencePercent ?? [])
    .map(Math.abs)
    .sort((a, b) => a - b);
}

export function medianPercent(rows: readonly CheckRow[]): number {
  const sizes = differences(rows);
  const middle = Math.floor(sizes.length / 2);
  if (sizes.length % 2 === 1) return sizes[middle]!;
  return sizes.length === 0 ? Number.NaN : (sizes[middle - 1]! + sizes[middle]!) / 2;
}

export function worstPercent(rows: readonly CheckRow[]): number {
  return differences(rows).at(-1) ?? Number.NaN;
}

/** Whether pools are within the bounds and KV bytes per token exact; of rows without a plan only the notes tell. */
export function withinBounds(rows: readonly CheckRow[]): boolean {
  return (
    medianPercent(rows) <= MOST_MEDIAN_PERCENT &&
    worstPercent(rows) <= MOST_WORST_PERCENT &&
    graded(rows).every(isExactPerToken)
  );
}

function isExactPerToken({ run, plan }: CheckRow): boolean {
  const logged = run.kv_bytes_per_token_per_gpu ?? null;
  return logged === null || plan === null || logged === plan.kvBytesPerToken;
}

function hasWeights({ run, plan }: CheckRow): boolean {
  if (run.weights_gib === null || plan === null) return true;
  const difference = plan.weights.bytes / (run.weights_gib * GIB) - 1;
  return 100 * Math.abs(difference) <= MOST_WEIGHTS_PERCENT;
}

function holdsRange({ range, logged }: CheckRow): boolean {
  return range === null || logged === null || (range[0] <= logged && logged <= range[1]);
}

/** The line that ends the table. */
export function summaryLine(rows: readonly CheckRow[]): string {
  return `median ${medianPercent(rows).toFixed(1)} %, worst ${worstPercent(rows).toFixed(1)} %`;
}

const HEADINGS = [
  ["", "", "", "weights GiB", "", "KV B per token", "", "blocks or tokens", "", ""],
  ["model", "GPU", "vLLM", "logged", "planned", "logged", "planned", "logged", "planned", "%"],
];
const TEXT_COLUMNS = 3;

export function checkTable(rows: readonly CheckRow[]): string {
  const cells = [...HEADINGS, ...rows.map(rowCells)];
  const widths = HEADINGS[1]!.map((_, column) =>
    Math.max(...cells.slice(1).map((line) => line[column]!.length)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column < TEXT_COLUMNS ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const notes = rows.flatMap(rowNotes);
  return [...lines, ...notes].join("\n");
}

/** What is wrong with a row beside the size of its pool. */
function rowNotes(row: CheckRow): string[] {
  const { run, unknown } = row;
  if (unknown !== null) return [`not planned: ${unknown}`];
  return [
    ...(isExactPerToken(row) ? [] : [`KV bytes per token differ: ${run.model}`]),
    ...(hasWeights(row)
      ? []
      : [`weights differ by more than ${MOST_WEIGHTS_PERCENT} %: ${run.model}`]),
    ...(holdsRange(row) ? [] : [`outside its range: ${run.model}`]),
  ];
}

function rowCells(row: CheckRow): string[] {
  const { run, plan, range, planned, logged, differencePercent } = row;
  const tp = (run.tp ?? 1) > 1 ? ` ×${run.tp}` : "";
  return [
    findModel(run.model) ?? run.model,
    `${findGpu(run.gpu)?.name ?? run.gpu}${tp}`,
    versionText(row),
    run.weights_gib === null ? "–" : run.weights_gib.toFixed(2),
    plan === null ? "–" : (plan.weights.bytes / GIB).toFixed(2),
    whole(run.kv_bytes_per_token_per_gpu),
    whole(plan?.kvBytesPerToken ?? null),
    whole(logged),
    range === null ? whole(planned) : `${whole(range[0])} … ${whole(range[1])}`,
    differencePercent === null || range !== null ? "range" : differencePercent.toFixed(1),
  ];
}

function versionText({ plan, run }: CheckRow): string {
  if (plan === null) return run.vllm_version ?? "–";
  const { version, engine } = plan.settings.release;
  const numbers = `0.${Math.floor(version / 100) % 100}.${version % 100}`;
  return `${numbers} ${engine === "vllm-v1" ? "V1" : "V0"}`;
}

function whole(value: number | null): string {
  return value === null ? "–" : grouped(Math.round(value));
}
