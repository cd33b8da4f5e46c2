import type { MeasureConfig } from "../config/config.ts";
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

const NOT_YET = -1;

/** What is known of a group on its way. Used again for another group once the group is gone. */
class Progress {
  admittedNs = 0;
  firstTokenNs = NOT_YET;
  /** Since when it is preempted, if it is; and how long it has been before. */
  preemptedSinceNs = 0;
  preemptedNs = 0;
}

/** Latencies of finished requests, as docs/model.md defines them. */
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
  /** By {@link SequenceGroup.record}. */
  readonly #progress: Progress[] = [];

  constructor(slo: MeasureConfig["slo"]) {
    this.#ttftMostSeconds = slo?.ttftSeconds ?? Infinity;
    this.#tpotMostSeconds = slo?.tpotSeconds ?? Infinity;
  }

  /** A group is admitted: for the first time, or back after a preemption. */
  admit(group: SequenceGroup, atNs: Nanoseconds): void {
    if (group.record >= 0) {
      const progress = this.#progress[group.record]!;
      progress.preemptedNs += atNs - progress.preemptedSinceNs;
      return;
    }
    group.record = this.#records.take();
    if (group.record === this.#progress.length) this.#progress.push(new Progress());
    const progress = this.#progress[group.record]!;
    progress.admittedNs = atNs;
    progress.firstTokenNs = NOT_YET;
    progress.preemptedNs = 0;
  }

  preempt({ record }: SequenceGroup, atNs: Nanoseconds): void {
    this.#progress[record]!.preemptedSinceNs = atNs;
  }

  /** The group emits tokens; recomputing them never moves the first. */
  emit({ record }: SequenceGroup, atNs: Nanoseconds): void {
    const progress = this.#progress[record]!;
    if (progress.firstTokenNs === NOT_YET) progress.firstTokenNs = atNs;
  }

  hasEmitted({ record }: SequenceGroup): boolean {
    return this.#progress[record]!.firstTokenNs !== NOT_YET;
  }

  /** Counts a group that has finished. */
  count(group: SequenceGroup, finishedNs: Nanoseconds): void {
    const progress = this.#progress[group.record]!;
    this.#countStays(group.request, progress, finishedNs);
    this.#countTokens(group.request, progress, finishedNs);
  }

  /** How long it was here in all, and without getting on. */
  #countStays(
    { arrivalNs }: Request,
    { admittedNs, preemptedNs }: Progress,
    finishedNs: Nanoseconds,
  ): void {
    this.#endToEnd.add(finishedNs - arrivalNs);
    this.#queueing.add(admittedNs - arrivalNs);
    this.#preempted.add(preemptedNs);
  }

  /** How soon its first token came, and the others; O is that of its longest sequence. */
  #countTokens(request: Request, { firstTokenNs }: Progress, finishedNs: Nanoseconds): void {
    const { arrivalNs } = request;
    const outputTokens = longestOutput(request);
    const ttftNs = firstTokenNs - arrivalNs;
    const tpotNs = outputTokens === 1 ? 0 : (finishedNs - firstTokenNs) / (outputTokens - 1);
    this.#ttft.add(ttftNs);
    if (outputTokens > 1) this.#tpot.add(tpotNs);
    this.#normalized.add((finishedNs - arrivalNs) / outputTokens);
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
