import { exactRatio } from "../core/exact-ratio.ts";
import { NANOSECONDS_PER_SECOND, type Nanoseconds } from "../core/time.ts";
import { engine } from "../engine/engine.ts";
import type { Distribution, LatencyResult } from "../result.ts";
import { Histogram } from "./histogram.ts";

/** Streams of durations, by the numbers that the engine has for them. */
const TTFT = 0;
const TPOT = 1;
const END_TO_END = 2;
const NORMALIZED = 3;
const QUEUEING = 4;
const PREEMPTED = 5;

/** Latencies of finished requests, as docs/model.md defines them (engine/metrics/latencies.ts). */
export function readLatencies(facts: number): LatencyResult {
  const stream = (number: number) => new Histogram(engine.latencyHistogram(facts, number));
  return {
    ttft: distribution(stream(TTFT), exactMean),
    tpot: distribution(stream(TPOT), roundedMean),
    endToEnd: distribution(stream(END_TO_END), exactMean),
    normalized: distribution(stream(NORMALIZED), roundedMean),
    queueing: distribution(stream(QUEUEING), exactMean),
    preempted: distribution(stream(PREEMPTED), exactMean),
  };
}

function exactMean({ wholeSum, count }: Histogram): Nanoseconds | null {
  return exactRatio(wholeSum, BigInt(count));
}

function roundedMean({ sum, count }: Histogram): Nanoseconds | null {
  return count === 0 ? null : sum / count;
}

function distribution(
  durations: Histogram,
  mean: (durations: Histogram) => Nanoseconds | null,
): Distribution {
  const percentile = (percent: number) => seconds(durations.percentile(percent));
  return {
    mean: seconds(mean(durations)),
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    max: seconds(durations.max),
  };
}

function seconds(ns: number | null): number | null {
  return ns === null ? null : ns / NANOSECONDS_PER_SECOND;
}
