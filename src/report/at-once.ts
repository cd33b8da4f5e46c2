import { plainText } from "./escape.ts";
import { type AllocatorRuns, estimateMetric, type Metric } from "./summary.ts";

/** What is held at once: requests; or sequences, where not all allocators serve a request's sequences as one. */
export interface AtOnce {
  readonly unit: "requests" | "sequences";
  readonly metric: Metric;
  /** What else the reader must know when comparing; null where requests are requests. */
  readonly note: string | null;
}

/**
 * vLLM V1 makes n requests of one with n sequences. Beside allocators that keep such groups together its "requests" would be
 * more for the same load, so sequences are compared.
 */
export function atOnce(allocators: readonly AllocatorRuns[]): AtOnce {
  const splitting = allocators.filter(hasSingles);
  if (splitting.length === 0 || !allocators.some(hasGroups))
    return { unit: "requests", metric: ({ concurrency }) => concurrency.runningMean, note: null };
  const labels = splitting.map(({ label }) => plainText(label)).join(", ");
  return {
    unit: "sequences",
    metric: ({ concurrency }) => concurrency.sequencesMean,
    note: `Requests of ${labels} are single sequences, in counts, rates and latencies: each sequence of a request is served as a request of its own.`,
  };
}

function hasGroups(allocator: AllocatorRuns): boolean {
  return sequencesPerRequest(allocator) > 1;
}

/** Of who holds nothing, nothing is known. */
function hasSingles(allocator: AllocatorRuns): boolean {
  return sequencesPerRequest(allocator) === 1;
}

/** Of those that were held at once, on average; 0 where none were. */
function sequencesPerRequest(allocator: AllocatorRuns): number {
  const { mean: sequences } = estimateMetric(allocator, (run) => run.concurrency.sequencesMean);
  const { mean: running } = estimateMetric(allocator, (run) => run.concurrency.runningMean);
  return sequences === null || running === null || running === 0 ? 0 : sequences / running;
}
