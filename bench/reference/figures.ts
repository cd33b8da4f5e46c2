import { isDeepStrictEqual } from "node:util";
import { exactRatio } from "../../src/core/exact-ratio.ts";
import { NANOSECONDS_PER_SECOND, TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import type { Distribution, LatencyResult, RunResult } from "../../src/result.ts";
import type { Printed } from "./run.ts";

const LATENCIES = ["ttft", "tpot", "endToEnd", "normalized", "queueing", "preempted"] as const;
/** Their means are of real numbers, summed in the order in which requests finish; the others' are exact. */
const PER_TOKEN = ["tpot", "normalized"];
const SHARES = ["tokenStates", "reserved", "internal", "remainder", "idle"] as const;
const TICKS = BigInt(TICKS_PER_NANOSECOND);

/** CPU seconds of the C program's loop, without reading the requests. */
export function referenceSeconds(printed: Printed): number {
  return whole(printed, "cpuSeconds");
}

/** Mean number of sequences that decode in an iteration that decodes. */
export function meanBatch(printed: Printed): number {
  return whole(printed, "decodedTokens") / whole(printed, "decodeIterations");
}

/** Times that a request was preempted, on average. */
export function preemptionsPerRequest(printed: Printed): number {
  return whole(printed, "preemptions") / whole(printed, "arrived");
}

/**
 * Where kvsim's result differs from the C program's, bit for bit, as `name: kvsim's, C's`. Compared is all but the timeline, the
 * verdict's words and what a paged run of single sequences has none of.
 */
export function differences(result: RunResult, printed: Printed): string[] {
  const theirs = referenceFigures(printed, result.memory.slots);
  return Object.entries(kvsimFigures(result))
    .filter(([name, value]) => !isDeepStrictEqual(value, theirs[name]))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}, ${JSON.stringify(theirs[name])}`);
}

function kvsimFigures(result: RunResult): Record<string, unknown> {
  const { requests, memory, concurrency, latency, throughput, preemption, simulated } = result;
  const { runningMean, runningPeak, waitingMean } = concurrency;
  const { count, requestsPreempted, recomputedTokens } = preemption;
  const { requestsPerSecond, outputTokensPerSecond } = throughput;
  const { tokenStates, reserved, internal, remainder, idle } = memory.share!;
  return {
    requests,
    share: { tokenStates, reserved, internal, remainder, idle },
    usedSharePeak: memory.usedSharePeak,
    concurrency: { runningMean, runningPeak, waitingMean },
    ...latency,
    throughput: { requestsPerSecond, outputTokensPerSecond },
    preemption: { count, requestsPreempted, recomputedTokens },
    simulated,
    fingerprint: result.fingerprint,
  };
}

function referenceFigures(printed: Printed, slots: number): Record<string, unknown> {
  const [ns, ticks] = printed.get("window")!.map(BigInt);
  const window = ns! * TICKS + ticks!;
  const levels = BigInt(whole(printed, "levelWindow"));
  const level = (name: string) => exactRatio(integral(printed, name), levels * TICKS);
  const pool = BigInt(slots) * window;
  const shares = SHARES.map((name) => [name, exactRatio(integral(printed, `share.${name}`), pool)]);
  const perSecond = (name: string) =>
    exactRatio(BigInt(whole(printed, name)) * TICKS * BigInt(NANOSECONDS_PER_SECOND), window);
  return {
    requests: requestCounts(printed),
    share: Object.fromEntries(shares),
    usedSharePeak: whole(printed, "usedSlotsPeak") / slots,
    concurrency: {
      runningMean: level("running"),
      runningPeak: whole(printed, "runningPeak"),
      waitingMean: level("waiting"),
    },
    ...latencies(printed),
    throughput: {
      requestsPerSecond: perSecond("finishedInWindow"),
      outputTokensPerSecond: perSecond("windowTokens"),
    },
    preemption: {
      count: whole(printed, "preemptions"),
      requestsPreempted: whole(printed, "requestsPreempted"),
      recomputedTokens: whole(printed, "recomputedTokens"),
    },
    simulated: {
      seconds: whole(printed, "endNs") / NANOSECONDS_PER_SECOND,
      iterations: whole(printed, "iterations"),
      decisions: whole(printed, "decisions"),
    },
    fingerprint: printed.get("fingerprint")![0],
  };
}

function requestCounts(printed: Printed): RunResult["requests"] {
  const count = (name: string) => whole(printed, name);
  const [arrived, admitted, finished] = [count("arrived"), count("admitted"), count("finished")];
  const [rejected, failed] = [count("rejected"), count("failed")];
  const unfinished = arrived - finished - rejected - failed;
  return { arrived, admitted, finished, rejected, failed, unfinished };
}

function latencies(printed: Printed): LatencyResult {
  const all = LATENCIES.map((name): [string, Distribution] => [
    name,
    distribution(printed.get(`latency.${name}`)!, PER_TOKEN.includes(name)),
  ]);
  return Object.fromEntries(all) as unknown as LatencyResult;
}

/** @param printed Count, sum of whole ns in two words of 64 bits, sum of real ns, three percentiles and the maximum. */
function distribution(printed: readonly string[], isReal: boolean): Distribution {
  const [count, sumHigh, sumLow, realSum, p50, p90, p99, max] = printed;
  if (count === "0") return { mean: null, p50: null, p90: null, p99: null, max: null };
  const meanNs = isReal
    ? Number(realSum) / Number(count)
    : exactRatio((BigInt(sumHigh!) << 64n) + BigInt(sumLow!), BigInt(count!))!;
  const [mean, ...rest] = [meanNs, p50, p90, p99, max].map(
    (value) => Number(value) / NANOSECONDS_PER_SECOND,
  );
  return { mean: mean!, p50: rest[0]!, p90: rest[1]!, p99: rest[2]!, max: rest[3]! };
}

function whole(printed: Printed, name: string): number {
  return Number(printed.get(name)![0]);
}

/** Amount × ticks. */
function integral(printed: Printed, name: string): bigint {
  const [nsHigh, nsLow, ticks] = printed.get(name)!.map(BigInt);
  return ((nsHigh! << 64n) + nsLow!) * TICKS + ticks!;
}
