import type { MeasureConfig } from "../config/config.ts";
import { enlargedNumbers } from "../core/columns.ts";
import { ExactSum, exactRatio } from "../core/exact-sum.ts";
import { Histogram } from "../core/histogram.ts";
import { SequenceIds } from "../core/sequence-ids.ts";
import { NANOSECONDS_PER_SECOND, type Nanoseconds } from "../core/time.ts";
import type { Request, SequenceGroup, Tokens } from "../request.ts";
import type { Distribution, LatencyResult } from "../result.ts";

/** Mean, percentiles and maximum of durations in nanoseconds that are whole numbers. */
class ExactDurations {
  readonly #histogram = new Histogram();
  readonly #sum = new ExactSum();

  add(ns: Nanoseconds): void {
    this.#histogram.add(ns);
    this.#sum.add(ns);
  }

  result(): Distribution {
    const mean = exactRatio(this.#sum.toBigInt(), BigInt(this.#histogram.count));
    return distribution(this.#histogram, mean);
  }
}

/** The same for durations per token, which are real numbers: summed in the order in which requests finish. */
class RealDurations {
  readonly #histogram = new Histogram();
  #sum = 0;

  add(ns: number): void {
    this.#histogram.add(ns);
    this.#sum += ns;
  }

  result(): Distribution {
    const { count } = this.#histogram;
    return distribution(this.#histogram, count === 0 ? null : this.#sum / count);
  }
}

const FIRST_CAPACITY = 64;
const NOT_YET = -1;

/** Latencies of finished requests, as docs/model.md defines them; and what is known on the way, in columns by {@link SequenceGroup.record}. */
export class Latencies {
  /** Counted requests that met the objective. */
  good = 0;
  readonly #ttft = new ExactDurations();
  readonly #tpot = new RealDurations();
  readonly #endToEnd = new ExactDurations();
  readonly #normalized = new RealDurations();
  readonly #queueing = new ExactDurations();
  readonly #preempted = new ExactDurations();
  readonly #ttftMostSeconds: number;
  readonly #tpotMostSeconds: number;
  readonly #records = new SequenceIds();
  #admittedNs = new Float64Array(FIRST_CAPACITY);
  #firstTokenNs = new Float64Array(FIRST_CAPACITY);
  #preemptedSinceNs = new Float64Array(FIRST_CAPACITY);
  #preemptedNs = new Float64Array(FIRST_CAPACITY);

  constructor(slo: MeasureConfig["slo"]) {
    this.#ttftMostSeconds = slo?.ttftSeconds ?? Infinity;
    this.#tpotMostSeconds = slo?.tpotSeconds ?? Infinity;
  }

  /** A group is admitted: for the first time, or back after a preemption. */
  admit(group: SequenceGroup, atNs: Nanoseconds): void {
    const { record } = group;
    if (record >= 0) {
      this.#preemptedNs[record]! += atNs - this.#preemptedSinceNs[record]!;
      return;
    }
    const opened = this.#records.take();
    if (opened >= this.#admittedNs.length) this.#enlarge();
    this.#admittedNs[opened] = atNs;
    this.#firstTokenNs[opened] = NOT_YET;
    this.#preemptedNs[opened] = 0;
    group.record = opened;
  }

  preempt({ record }: SequenceGroup, atNs: Nanoseconds): void {
    this.#preemptedSinceNs[record] = atNs;
  }

  /** The group emits tokens; recomputing them never moves the first. */
  emit({ record }: SequenceGroup, atNs: Nanoseconds): void {
    if (this.#firstTokenNs[record] === NOT_YET) this.#firstTokenNs[record] = atNs;
  }

  hasEmitted({ record }: SequenceGroup): boolean {
    return this.#firstTokenNs[record] !== NOT_YET;
  }

  /** Counts a group that has finished; O is that of its longest sequence. */
  count({ request, record }: SequenceGroup, finishedNs: Nanoseconds): void {
    const { arrivalNs } = request;
    const outputTokens = longestOutput(request);
    const firstTokenNs = this.#firstTokenNs[record]!;
    const ttftNs = firstTokenNs - arrivalNs;
    this.#ttft.add(ttftNs);
    this.#endToEnd.add(finishedNs - arrivalNs);
    this.#normalized.add((finishedNs - arrivalNs) / outputTokens);
    this.#queueing.add(this.#admittedNs[record]! - arrivalNs);
    this.#preempted.add(this.#preemptedNs[record]!);
    const tpotNs = outputTokens === 1 ? 0 : (finishedNs - firstTokenNs) / (outputTokens - 1);
    if (outputTokens > 1) this.#tpot.add(tpotNs);
    const inTime = ttftNs / NANOSECONDS_PER_SECOND <= this.#ttftMostSeconds;
    if (inTime && tpotNs / NANOSECONDS_PER_SECOND <= this.#tpotMostSeconds) this.good += 1;
  }

  /** A group is gone. */
  forget(group: SequenceGroup): void {
    if (group.record < 0) return;
    this.#records.give(group.record);
    group.record = -1;
  }

  result(): LatencyResult {
    return {
      ttft: this.#ttft.result(),
      tpot: this.#tpot.result(),
      endToEnd: this.#endToEnd.result(),
      normalized: this.#normalized.result(),
      queueing: this.#queueing.result(),
      preempted: this.#preempted.result(),
    };
  }

  #enlarge(): void {
    const length = 2 * this.#admittedNs.length;
    this.#admittedNs = enlargedNumbers(this.#admittedNs, length);
    this.#firstTokenNs = enlargedNumbers(this.#firstTokenNs, length);
    this.#preemptedSinceNs = enlargedNumbers(this.#preemptedSinceNs, length);
    this.#preemptedNs = enlargedNumbers(this.#preemptedNs, length);
  }
}

function longestOutput({ outputTokens }: Request): Tokens {
  return outputTokens.length === 1 ? outputTokens[0]! : Math.max(...outputTokens);
}

function distribution(histogram: Histogram, meanNs: number | null): Distribution {
  return {
    mean: seconds(meanNs),
    p50: seconds(histogram.percentile(50)),
    p90: seconds(histogram.percentile(90)),
    p99: seconds(histogram.percentile(99)),
    max: seconds(histogram.max),
  };
}

function seconds(ns: number | null): number | null {
  return ns === null ? null : ns / NANOSECONDS_PER_SECOND;
}
