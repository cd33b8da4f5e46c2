import { z } from "zod";
import { RESULT_SCHEMA, type ResultDocument } from "../result.ts";

/** The contract of `src/result.ts` as a check: for files that were read, and for the order of keys in those written. */

const measured = z.number().nullable();
const count = z.number().nonnegative();

const finding = z.object({
  code: z.string(),
  request: measured,
  need: measured,
  have: measured,
  setting: z.string().nullable(),
  text: z.string(),
});

const verdict = z.object({
  status: z.enum(["completed", "stalled", "aborted", "rejected-all"]),
  explanation: z.string(),
  findings: z.array(finding),
});

const requests = z.object({
  arrived: count,
  admitted: count,
  finished: count,
  rejected: count,
  failed: count,
  unfinished: count,
});

const share = z.object({
  tokenStates: z.number(),
  reserved: z.number(),
  internal: z.number(),
  rounding: z.number(),
  external: z.number(),
  remainder: z.number(),
  idle: z.number(),
});

const memory = z.object({
  slots: count,
  blockSize: count.nullable(),
  bytesPerToken: measured,
  share: share.nullable(),
  cachedShare: measured,
  wastePercent: measured,
  utilizationPercent: measured,
  usedSharePeak: z.number(),
  largestHoleShareMean: measured,
});

const concurrency = z.object({
  runningMean: measured,
  runningPeak: count,
  sequencesMean: measured,
  waitingMean: measured,
  swappedMean: measured,
});

const distribution = z.object({
  mean: measured,
  p50: measured,
  p90: measured,
  p99: measured,
  max: measured,
});

const latency = z.object({
  ttft: distribution,
  tpot: distribution,
  endToEnd: distribution,
  normalized: distribution,
  queueing: distribution,
  preempted: distribution,
});

const throughput = z.object({
  requestsPerSecond: measured,
  outputTokensPerSecond: measured,
  goodputRequestsPerSecond: measured,
});

const preemption = z.object({
  count,
  requestsPreempted: count,
  requestsPreemptedPercent: measured,
  recomputedTokens: count,
  swappedOutBlocks: count,
  swappedInBlocks: count,
  transferSeconds: z.number(),
});

const sharing = z.object({
  copyOnWriteCopies: count,
  blocksSavedPercent: measured,
  prefixLookupTokens: measured,
  prefixHitTokens: measured,
  prefixHitRate: measured,
  prefixHitRatePerRequest: measured,
  evictedBlocks: measured,
});

const column = z.array(z.number());

const timeline = z.object({
  binSeconds: z.number(),
  running: column,
  waiting: column,
  swapped: column,
  tokenStates: column,
  reserved: column,
  internal: column,
  rounding: column,
  external: column,
  remainder: column,
  idle: column,
});

const run = z.object({
  allocator: z.looseObject({ label: z.string(), strategy: z.string() }),
  seed: z.number(),
  verdict,
  requests,
  memory,
  concurrency,
  latency,
  throughput,
  preemption,
  sharing,
  simulated: z.object({ seconds: z.number(), iterations: count, decisions: count }),
  timeline,
  fingerprint: z.string(),
});

/** `config` stays unchecked: a report reads of it what is there, also from other versions. */
export const resultSchema = z.object({
  schema: z.literal(RESULT_SCHEMA),
  kvsim: z.string(),
  name: z.string(),
  config: z.unknown(),
  runs: z.array(run),
}) satisfies z.ZodType<ResultDocument>;

/** Paths of all numbers of a run that measure it, such as `latency.ttft.p99`, in the order of the result. */
export function numberPaths(): string[] {
  const { seed: _seed, timeline: _timeline, ...measures } = run.shape;
  return Object.entries(measures).flatMap(([key, part]) => pathsUnder(key, part));
}

function pathsUnder(path: string, schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodNullable) return pathsUnder(path, schema.unwrap());
  if (schema instanceof z.ZodNumber) return [path];
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, part]) => pathsUnder(`${path}.${key}`, part));
}
