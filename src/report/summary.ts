import type { ResultDocument, RunResult } from "../result.ts";

/** The runs of one allocator, a seed each. */
export interface AllocatorRuns {
  readonly label: string;
  readonly runs: readonly RunResult[];
}

/** A metric of one run; null where the run has no data for it. */
export type Metric = (run: RunResult) => number | null;

/** A metric over the seeds of an allocator. */
export interface Estimate {
  /** Over the seeds that have a value; null without any. */
  readonly mean: number | null;
  /** Half of the 95 % confidence interval of the mean (Student's t); null for fewer than two values. */
  readonly halfWidth: number | null;
}

/**
 * 0.975 quantiles of Student's t for 1 … 30 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods,
 * §1.3.6.7.2, Critical Values of the Student's t Distribution.
 */
const T_QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/** The same table's rows beyond 30, [degrees of freedom, quantile]. */
const T_QUANTILES_BEYOND: readonly (readonly [number, number])[] = [
  [100, 1.984],
  [60, 2.0],
  [40, 2.021],
  [30, 2.042],
];

/** The 0.975 quantile of Student's t; between rows of the table that of fewer `degrees` ≥ 1, so never too small. */
export function tQuantile(degrees: number): number {
  const listed = T_QUANTILES[degrees - 1];
  if (listed !== undefined) return listed;
  return T_QUANTILES_BEYOND.find(([from]) => degrees >= from)?.[1] ?? 2.042;
}

/** Mean and 95 % confidence interval of the values that are there. */
export function estimate(values: readonly (number | null)[]): Estimate {
  const present = values.filter((value) => value !== null);
  const count = present.length;
  if (count === 0) return { mean: null, halfWidth: null };
  const mean = present.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, halfWidth: null };
  const squares = present.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  return { mean, halfWidth: tQuantile(count - 1) * standardError };
}

/** Over all seeds of an allocator; runs without data for the metric do not count. */
export function estimateMetric(allocator: AllocatorRuns, metric: Metric): Estimate {
  return estimate(allocator.runs.map(metric));
}

/** The runs by allocator label, both in the document's order. */
export function byAllocator(document: ResultDocument): AllocatorRuns[] {
  const groups = new Map<string, RunResult[]>();
  for (const run of document.runs) {
    const group = groups.get(run.allocator.label);
    if (group === undefined) groups.set(run.allocator.label, [run]);
    else group.push(run);
  }
  return [...groups].map(([label, runs]) => ({ label, runs }));
}
