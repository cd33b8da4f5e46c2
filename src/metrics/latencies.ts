import { ExactSum, exactRatio } from "../core/exact-sum.ts";
import { Histogram } from "../core/histogram.ts";
import { NANOSECONDS_PER_SECOND, type Nanoseconds } from "../core/time.ts";
import type { SequenceGroup } from "../request.ts";
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

/** Latencies of finished requests, as docs/model.md defines them. */
export class Latencies {
  readonly #ttft = new ExactDurations();
  readonly #tpot = new RealDurations();
  readonly #endToEnd = new ExactDurations();
  readonly #normalized = new RealDurations();
  readonly #queueing = new ExactDurations();
  readonly #preempted = new ExactDurations();

  add(group: SequenceGroup, finishedNs: Nanoseconds): void {
    const { request } = group;
    const outputTokens = Math.max(...request.outputTokens);
    const endToEndNs = finishedNs - request.arrivalNs;
    this.#ttft.add(timeToFirstToken(group));
    this.#endToEnd.add(endToEndNs);
    this.#normalized.add(endToEndNs / outputTokens);
    this.#queueing.add(group.admittedNs! - request.arrivalNs);
    this.#preempted.add(group.preemptedTotalNs);
    const perToken = timePerOutputToken(group, finishedNs);
    if (perToken !== null) this.#tpot.add(perToken);
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

/** Arrival to the first token ever emitted, nanoseconds. */
export function timeToFirstToken(group: SequenceGroup): Nanoseconds {
  return group.firstTokenNs! - group.request.arrivalNs;
}

/** Nanoseconds per token after the first, of the longest sequence; null for a single token. */
export function timePerOutputToken(group: SequenceGroup, finishedNs: Nanoseconds): number | null {
  const outputTokens = Math.max(...group.request.outputTokens);
  return outputTokens === 1 ? null : (finishedNs - group.firstTokenNs!) / (outputTokens - 1);
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
