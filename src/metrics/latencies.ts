import type { MeasureConfig } from "../config/config.ts";
import { exactRatio } from "../core/exact-ratio.ts";
import { Histograms } from "../core/histogram.ts";
import { NANOSECONDS_PER_SECOND, type Nanoseconds } from "../core/time.ts";
import type { Distribution, LatencyResult } from "../result.ts";
import type { Account } from "./account.ts";

/** Streams of durations. Those before NORMALIZED are of whole nanoseconds, and summed exactly; requests of one token have no TPOT. */
const PREEMPTED = 0;
const TTFT = 1;
const END_TO_END = 2;
const QUEUEING = 3;
const NORMALIZED = 4;
const TPOT = 5;
const STREAMS = 6;

/** A sum of whole numbers below this is exact: one that is not leads to this or more. */
const EXACT_BELOW = 2 ** 53;

/** Latencies of finished requests, as docs/model.md defines them. */
export class Latencies {
  /** Counted requests that met the objective; 0 without one. */
  good: number;
  readonly #durations = new Histograms(STREAMS);
  /** What the sums of whole nanoseconds have no room for. */
  readonly #moved: bigint[] = Array.from({ length: NORMALIZED }, () => 0n);
  /** Requests that never were, which are most: counted apart. */
  #neverPreempted = 0;
  private readonly objective: MeasureConfig["slo"];

  constructor(objective: MeasureConfig["slo"]) {
    this.good = 0;
    this.objective = objective;
  }

  /** Counts a request that has finished. */
  count(account: Account, finishedNs: Nanoseconds): void {
    const durations = this.#durations;
    const { arrivalNs, outputTokens, admittedNs, firstTokenNs, preemptedNs } = account;
    const stayNs = finishedNs - arrivalNs;
    // The others are parts of the stay: while its sum is exact, so are theirs.
    if (durations.sum(END_TO_END) + stayNs >= EXACT_BELOW) this.#moveSums();
    const ttftNs = firstTokenNs - arrivalNs;
    const tpotNs = outputTokens === 1 ? 0 : (finishedNs - firstTokenNs) / (outputTokens - 1);
    durations.set(TTFT, ttftNs);
    durations.set(END_TO_END, stayNs);
    durations.set(QUEUEING, admittedNs - arrivalNs);
    durations.set(PREEMPTED, preemptedNs);
    durations.set(NORMALIZED, stayNs / outputTokens);
    durations.set(TPOT, tpotNs);
    if (preemptedNs === 0) this.#neverPreempted += 1;
    durations.add(preemptedNs === 0 ? TTFT : PREEMPTED, outputTokens === 1 ? TPOT : STREAMS);
    if (this.objective !== null && isMet(this.objective, ttftNs, tpotNs)) this.good += 1;
  }

  result(): LatencyResult {
    this.#durations.addZeros(PREEMPTED, this.#neverPreempted);
    this.#neverPreempted = 0;
    return {
      ttft: this.#result(TTFT),
      tpot: this.#result(TPOT),
      endToEnd: this.#result(END_TO_END),
      normalized: this.#result(NORMALIZED),
      queueing: this.#result(QUEUEING),
      preempted: this.#result(PREEMPTED),
    };
  }

  #result(stream: number): Distribution {
    const durations = this.#durations;
    const percentile = (percent: number) => seconds(durations.percentile(stream, percent));
    return {
      mean: seconds(this.#mean(stream)),
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      max: seconds(durations.max(stream)),
    };
  }

  #mean(stream: number): Nanoseconds | null {
    const count = this.#durations.count(stream);
    const sum = this.#durations.sum(stream);
    if (stream < NORMALIZED) return exactRatio(this.#moved[stream]! + BigInt(sum), BigInt(count));
    return count === 0 ? null : sum / count;
  }

  #moveSums(): void {
    for (let stream = 0; stream < NORMALIZED; stream += 1)
      this.#moved[stream]! += BigInt(this.#durations.takeSum(stream));
  }
}

type Objective = NonNullable<MeasureConfig["slo"]>;

function isMet(
  { ttftSeconds, tpotSeconds }: Objective,
  ttftNs: Nanoseconds,
  tpotNs: Nanoseconds,
): boolean {
  const inTime = ttftNs / NANOSECONDS_PER_SECOND <= (ttftSeconds ?? Infinity);
  return inTime && tpotNs / NANOSECONDS_PER_SECOND <= (tpotSeconds ?? Infinity);
}

function seconds(ns: number | null): number | null {
  return ns === null ? null : ns / NANOSECONDS_PER_SECOND;
}
