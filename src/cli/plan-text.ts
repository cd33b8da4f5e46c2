import type { QuantizedFormat } from "../config/catalog/architecture.ts";
import { layerParts } from "../config/hugging-face/layer-parts.ts";
import { parameterCount } from "../config/hugging-face/parameters.ts";
import { type Estimate, GIB } from "../planner/estimate.ts";
import { demandShortfall, missingBytes, remedies } from "../planner/remedies.ts";
import { requestsThatFit, works } from "../planner/requests.ts";
import { kvBytesPerToken } from "../planner/stage.ts";
import { likelyFlag } from "../planner/vllm-command.ts";
import { wrap } from "../report/escape.ts";
import { fixed } from "../report/format.ts";
import type { PlanReport } from "./plan.ts";

const WIDTH = 80;
const LABEL = 18;
const BAR = 20;

/** A plan as people read it, in 80 columns. */
export function planText(report: PlanReport): string {
  const sections = [
    heading(report),
    waterfall(report),
    poolLines(report),
    requestLines(report),
    fleetLines(report),
    uncertainty(report),
    verdict(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function heading({ plan: { settings }, unknownFlags, notes, takenFrom }: PlanReport): string[] {
  const { architecture, gpu, release, quantization } = settings;
  const count = settings.tensorParallel * settings.pipelineParallel;
  const taken = takenFrom === null ? "" : `${takenFrom}, taken for `;
  const parts = [
    `${taken}${architecture.name} (${billions(parameterCount(architecture))} parameters) on ${count} × ${gpu.name}`,
    `${release.engine}, utilization ${settings.utilization}`,
    formatText(settings, quantization),
    ...partTexts(settings),
    ...(settings.kvBytesPerElement === architecture.kvBytesPerElement
      ? ["KV in fp8, as the checkpoint asks"]
      : []),
    `contexts up to ${fixed(settings.maxModelLen, 0)} tokens`,
  ];
  if (settings.draftModel !== null) parts.push(`${settings.draftModel.name} drafts`);
  if (count > 1) parts.push(`TP ${settings.tensorParallel}, PP ${settings.pipelineParallel}`);
  const unknown = unknownFlags.map((flag) => {
    const likely = likelyFlag(flag);
    return likely === null ? flag : `${flag} (did you mean ${likely}?)`;
  });
  const lines = [
    parts.join("; "),
    ...(unknown.length === 0 ? [] : [`not known: ${unknown.join(" ")}`]),
    ...notes,
  ];
  return lines.flatMap((line) => wrap(line, WIDTH));
}

type Settings = PlanReport["plan"]["settings"];

function formatText({ weightFormat }: Settings, format: QuantizedFormat | null): string {
  return format === null ? weightFormat : `${format.method} ${format.bits}-bit`;
}

const PART_NAMES = { attention: "attention", feedForward: "feed-forward", experts: "experts" };

/** Parts of the layers, of those that the model has, that are stored in another format than the rest. */
function partTexts(settings: Settings): string[] {
  const { quantization, architecture } = settings;
  const rest = formatText(settings, quantization);
  return layerParts.flatMap((part) => {
    const format = quantization?.parts?.[part];
    const isPart = architecture.layers.some(({ weights }) => weights[part] > 0);
    if (format === undefined || !isPart || formatText(settings, format) === rest) return [];
    return [`${PART_NAMES[part]} in ${formatText(settings, format)}`];
  });
}

function billions(count: number): string {
  return count < 1e9 ? `${fixed(count / 1e6, 0)} M` : `${fixed(count / 1e9, 1)} B`;
}

/** Each part's bar begins where the one above it ends; CUDA graphs outside the budget come after it. */
function waterfall({ plan }: PlanReport): string[] {
  const { settings, totalBytes, budgetBytes, graphs } = plan;
  const { graphsInBudget } = settings.release;
  const pool = { ...plan.available, bytes: Math.max(0, plan.available.bytes) };
  const parts: [string, Estimate][] = [
    ["weights", plan.weights],
    ["activations", plan.activations],
    ...(graphsInBudget ? [["CUDA graphs", graphs] as [string, Estimate]] : []),
    ["context and other", plan.overhead],
    ["KV pool", pool],
  ];
  let from = 0;
  const lines = parts.map(([name, estimate]) => {
    const line = componentLine(name, estimate, [from / totalBytes, estimate.bytes / totalBytes]);
    from += estimate.bytes;
    return line;
  });
  const budget = budgetBytes / totalBytes;
  return [
    `${"memory of each GPU".padEnd(LABEL + 2)}${"GiB".padStart(9)}${"GB".padStart(9)}${"range, GiB".padStart(17)}`,
    componentLine("GPU", exactly(totalBytes), [0, 1]),
    componentLine("budget", exactly(budgetBytes), [0, budget]),
    ...lines,
    ...(graphsInBudget
      ? []
      : [componentLine("graphs, on top", graphs, [budget, graphs.bytes / totalBytes])]),
  ];
}

function exactly(bytes: number): Estimate {
  return { bytes, low: bytes, high: bytes, driver: null };
}

function componentLine(
  name: string,
  { bytes, low, high }: Estimate,
  share: readonly [from: number, length: number],
): string {
  const isRange = fixed(low / GIB, 1) !== fixed(high / GIB, 1);
  const range = isRange ? `${gib(Math.max(0, low))} … ${gib(Math.max(0, high))}` : "";
  const columns = [
    `  ${name.padEnd(LABEL)}`,
    gib(bytes).padStart(9),
    fixed(bytes / 1e9, 2).padStart(9),
    range.padStart(17),
    `  ${bar(share)}`,
  ];
  return columns.join("").trimEnd();
}

/** A part of the GPU as a bar at its place; what is larger than the GPU runs out of it. */
function bar([from, length]: readonly [number, number]): string {
  const start = Math.min(BAR, Math.round(BAR * from));
  const end = Math.min(BAR, Math.round(BAR * (from + length)));
  return " ".repeat(start) + "█".repeat(end - start) + (from + length > 1.001 ? "▶" : "");
}

function gib(bytes: number): string {
  return fixed(bytes / GIB, 2);
}

function poolLines({ plan }: PlanReport): string[] {
  const { settings, pool, poolLow, poolHigh } = plan;
  const whole = kvBytesPerToken({ ...settings, tensorParallel: 1, pipelineParallel: 1 });
  const perGpu =
    plan.kvBytesPerToken === whole ? "" : `, ${fixed(plan.kvBytesPerToken, 0)} B on each GPU`;
  const lines = [
    ["KV per token", `${fixed(whole, 0)} B (${fixed(whole / 1024, 1)} KiB)${perGpu}`],
    [
      "blocks",
      `${counts(pool.blocks, poolLow.blocks, poolHigh.blocks)} of ${settings.blockSize} tokens`,
    ],
    ["tokens", counts(pool.tokens, poolLow.tokens, poolHigh.tokens)],
  ];
  if (pool.groups.length > 1) lines.push(["groups", groupText(plan)]);
  if (pool.cpuBlocks !== null) lines.push(["CPU blocks", fixed(pool.cpuBlocks, 0)]);
  return [
    ...lines.map(([name, value]) => `${name!.padEnd(LABEL)}${value}`),
    `${"vLLM prints".padEnd(LABEL)}${pool.concurrencyLine}`,
  ];
}

function groupText({ pool, settings }: PlanReport["plan"]): string {
  const sliding = pool.groups.filter(({ layer }) => layer.kind === "sliding").length;
  const layers = settings.architecture.layers.length;
  return `${pool.groups.length} block tables for ${layers} layers, ${sliding} of them sliding windows`;
}

function counts(planned: number, low: number, high: number): string {
  const range = low === high ? "" : ` (${fixed(low, 0)} … ${fixed(high, 0)})`;
  return `${fixed(planned, 0)}${range}`;
}

function requestLines({ plan, demand }: PlanReport): string[] {
  if (demand === null) return [];
  const fits = requestsThatFit(plan, demand.contextTokens);
  const line = (name: string, count: number, why: string) =>
    `  ${name.padEnd(8)}${fixed(count, 0).padStart(9)}  ${why}`;
  return [
    `requests of ${fixed(demand.contextTokens, 0)} tokens that fit at once`,
    line("max", fits.max, "each reserves the longest context"),
    line("pow2", fits.pow2, "each reserves its length, rounded up to a power of two"),
    line("oracle", fits.oracle, "each reserves exactly its length, were it known"),
    line("paged", fits.paged, "each takes blocks as it grows"),
  ];
}

function fleetLines({ fleets, demand }: PlanReport): string[] {
  const counted = fleets.map(({ gpu, plan }) => {
    const count =
      plan === null ? "–" : String(plan.settings.tensorParallel * plan.settings.pipelineParallel);
    return `${count.padStart(3)} × ${gpu.name.padEnd(19)}`;
  });
  const rows = Math.ceil(counted.length / 3);
  const lines = Array.from({ length: rows }, (_, row) =>
    [counted[row], counted[row + rows], counted[row + 2 * rows]].join("").trimEnd(),
  );
  const what = demand === null ? "the model" : `${fixed(demand.requests, 0)} such requests`;
  return [`smallest number of GPUs that holds ${what}`, ...lines];
}

function uncertainty({ plan }: PlanReport): string[] {
  const parts: [string, Estimate][] = [
    ["weights", plan.weights],
    ["activations", plan.activations],
    ["CUDA graphs", plan.graphs],
    ["other", plan.overhead],
  ];
  const lines = parts.flatMap(([name, { driver }]) =>
    driver === null ? [] : wrap(`  ${name}: ${driver}`, WIDTH - 2).map((line) => `  ${line}`),
  );
  return lines.length === 0 ? [] : ["what the ranges depend on", ...lines];
}

function verdict({ plan, demand, fleets }: PlanReport): string[] {
  if (works(plan, demand)) return [];
  const { settings, pool } = plan;
  const own = fleets.find(({ gpu }) => gpu.name === settings.gpu.name)?.plan ?? null;
  const fits = remedies(plan, demand).map(({ option }) => option);
  if (own !== null) {
    const { tensorParallel, pipelineParallel } = own.settings;
    const stages = pipelineParallel > 1 ? ` --pp ${pipelineParallel}` : "";
    fits.unshift(`--tp ${tensorParallel}${stages}`);
  }
  const why =
    pool.problem === null
      ? demandShortfall(plan, demand)
      : "one request of the longest context does not fit";
  return [
    ...wrap(
      `does not fit: ${why ?? "no block fits"}; ${gib(missingBytes(plan, demand))} GiB are missing on each GPU`,
      WIDTH,
    ),
    ...wrap(
      `would fit: ${fits.length === 0 ? "none of these GPUs alone changes it" : fits.join(", or ")}`,
      WIDTH,
    ),
  ];
}
