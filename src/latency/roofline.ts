import type { RooflineLatencyConfig } from "../config/config.ts";
import {
  addTime,
  compareTime,
  type ExactTime,
  fromNanoseconds,
  MAX_SERIES_STEPS,
  multiplyTime,
  NANOSECONDS_PER_SECOND,
  type StepSeries,
  ZERO_TIME,
} from "../core/time.ts";
import type { LatencyModel, Price, Work } from "./latency.ts";
import { copyTime, happensOnce, transferTime } from "./transfers.ts";

/** Causal attention looks at half of the square of the context. */
const CAUSAL = 0.5;

/**
 * The roofline (Williams et al., CACM 2009) as serving simulators use it: an iteration lasts as long as its arithmetic at the
 * efficiency of its phase, or as reading the weights once and the KV of all contexts, whichever is longer.
 */
export function rooflineLatency(config: RooflineLatencyConfig): LatencyModel {
  const decode = exactDecodeRates(config);
  return {
    price(work: Work): Price {
      const transfer = transferTime(config.transfers, work);
      const moved = addTime(copyTime(config.transfers, work), transfer);
      if (happensOnce(work)) {
        const first = addTime(moved, mixedIteration(config, work));
        return { series: { first, growth: ZERO_TIME }, steps: 1, transfer };
      }
      return { ...decodeSeries(decode, work), transfer };
    },
  };
}

interface DecodeRates {
  readonly computePerSequence: ExactTime;
  readonly computePerContextToken: ExactTime;
  readonly memoryBase: ExactTime;
  readonly memoryPerContextToken: ExactTime;
}

function exactDecodeRates(config: RooflineLatencyConfig): DecodeRates {
  const flopsPerSecond = config.flopsPerSecond * config.decodeEfficiency;
  return {
    computePerSequence: seconds(config.flopsPerToken / flopsPerSecond),
    computePerContextToken: seconds(config.flopsPerTokenPair / flopsPerSecond),
    memoryBase: seconds(config.weightBytes / config.bytesPerSecond),
    memoryPerContextToken: seconds(config.bytesPerToken / config.bytesPerSecond),
  };
}

/** Both branches are linear in the step, so the longer one stays longer up to a step that can be searched for. */
function decodeSeries(rates: DecodeRates, work: Work): Pick<Price, "series" | "steps"> {
  const compute: StepSeries = {
    first: addTime(
      multiplyTime(rates.computePerSequence, work.decodeSequences),
      multiplyTime(rates.computePerContextToken, work.contextTokens),
    ),
    growth: multiplyTime(rates.computePerContextToken, work.decodeSequences),
  };
  const memory: StepSeries = {
    first: addTime(rates.memoryBase, multiplyTime(rates.memoryPerContextToken, work.contextTokens)),
    growth: multiplyTime(rates.memoryPerContextToken, work.decodeSequences),
  };
  return compareTime(compute.first, memory.first) >= 0
    ? { series: compute, steps: stepsAhead(compute, memory) }
    : { series: memory, steps: stepsAhead(memory, compute) };
}

/** Steps for which `longer`, which is not shorter now, stays at least as long as `other`. */
function stepsAhead(longer: StepSeries, other: StepSeries): number {
  if (compareTime(longer.growth, other.growth) >= 0) return MAX_SERIES_STEPS;
  let low = 1;
  let high = MAX_SERIES_STEPS;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (compareTime(stepAt(longer, middle - 1), stepAt(other, middle - 1)) >= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function stepAt(series: StepSeries, step: number): ExactTime {
  return addTime(series.first, multiplyTime(series.growth, step));
}

function mixedIteration(config: RooflineLatencyConfig, work: Work): ExactTime {
  if (work.prefillTokens === 0 && work.decodeSequences === 0) return ZERO_TIME;
  const { flopsPerToken, flopsPerTokenPair } = config;
  const prefillFlops =
    flopsPerToken * work.prefillTokens + flopsPerTokenPair * CAUSAL * work.prefillSquares;
  const decodeFlops = flopsPerToken * work.decodeSequences + flopsPerTokenPair * work.contextTokens;
  const arithmetic =
    prefillFlops / (config.flopsPerSecond * config.prefillEfficiency) +
    decodeFlops / (config.flopsPerSecond * config.decodeEfficiency);
  const bytes = config.weightBytes + config.bytesPerToken * work.contextTokens;
  return seconds(Math.max(arithmetic, bytes / config.bytesPerSecond));
}

function seconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_SECOND);
}
