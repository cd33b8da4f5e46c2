import type { ResultDocument, RunResult } from "../result.ts";
import { configNumber, configText } from "./config-values.ts";
import { POOL_PARTS, partShare } from "./parts.ts";
import {
  noteFor,
  PAPER_MODEL_LENGTH,
  PAPER_POOL_SLOTS,
  PUBLISHED,
  type PublishedMetric,
  type PublishedValue,
} from "./published-data.ts";
import { byAllocator, type Estimate, estimateMetric } from "./summary.ts";

/** A published value beside what was simulated, nothing fitted. */
export interface PublishedRow {
  readonly published: PublishedValue;
  readonly label: string;
  readonly simulated: Estimate & { readonly mean: number };
  /** Simulated − published: in points for percentages, in percent of the published value for requests. */
  readonly difference: number;
  /** Differs by more than 5 % of the published value. */
  readonly differs: boolean;
  /** Why, where it differs and a reason is known. */
  readonly note: string | null;
}

/** Relative difference from which on a reason is owed. */
const TOLERANCE = 0.05;

/** Reads the simulated counterpart of each published metric; the paper's "external & others" holds the idle slots too. */
const METRICS: Readonly<Record<PublishedMetric, (run: RunResult) => number | null>> = {
  running: ({ concurrency }) => concurrency.runningMean,
  tokens: (run) => sharePercent(run, ["tokens"]),
  reserved: (run) => sharePercent(run, ["reserved"]),
  internal: (run) => sharePercent(run, ["internal"]),
  "external & others": (run) => sharePercent(run, ["external & others", "idle"]),
};

/**
 * Rows for each allocator that the PagedAttention paper measured too: OPT-13B, a sequence per request, the paper's
 * pool and data sets. The arrival rate may differ; the published one is in the row.
 */
export function publishedRows(document: ResultDocument): PublishedRow[] {
  const dataset = paperDataset(document.config);
  if (dataset === null) return [];
  const rate = configNumber(document.config, "workload", "arrivals", "rate");
  return byAllocator(document).flatMap((allocator) => {
    const system = paperSystem(allocator.runs[0]);
    return PUBLISHED.filter(
      (value) => value.dataset === dataset && value.system === system,
    ).flatMap((published) => {
      const simulated = estimateMetric(allocator, METRICS[published.metric]);
      const { mean, halfWidth } = simulated;
      if (mean === null) return [];
      return [compared(published, allocator.label, { mean, halfWidth }, rate)];
    });
  });
}

function compared(
  published: PublishedValue,
  label: string,
  simulated: Estimate & { readonly mean: number },
  rate: number | null,
): PublishedRow {
  const gap = simulated.mean - published.value;
  const difference = published.metric === "running" ? (100 * gap) / published.value : gap;
  const differs = Math.abs(gap) > TOLERANCE * published.value;
  const note = differs ? noteFor(published, gap > 0 ? "above" : "below", rate) : null;
  return { published, label, simulated, difference, differs, note };
}

function paperDataset(config: unknown): PublishedValue["dataset"] | null {
  const dataset = configText(config, "workload", "lengths", "dataset");
  const isPapers =
    configText(config, "model", "name") === "opt-13b" &&
    configNumber(config, "maxModelLen") === PAPER_MODEL_LENGTH &&
    configNumber(config, "workload", "n") === 1;
  if (!isPapers) return null;
  return dataset === "sharegpt-sosp23" || dataset === "alpaca-sosp23" ? dataset : null;
}

function paperSystem(run: RunResult | undefined): PublishedValue["system"] | null {
  if (run === undefined || run.memory.slots !== PAPER_POOL_SLOTS) return null;
  const { strategy, reserve, placement, blockSize } = run.allocator;
  if (strategy === "paged") return reserve !== "max" && blockSize === 16 ? "vllm" : null;
  if (strategy !== "contiguous" || placement !== "buddy") return null;
  return reserve === "max" || reserve === "pow2" || reserve === "oracle" ? `orca-${reserve}` : null;
}

function sharePercent({ memory }: RunResult, names: readonly string[]): number | null {
  const { share } = memory;
  if (share === null) return null;
  const parts = POOL_PARTS.filter(({ name }) => names.includes(name));
  return parts.reduce((sum, part) => sum + 100 * partShare(share, part), 0);
}
