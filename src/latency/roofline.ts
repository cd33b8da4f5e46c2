import type { RooflineLatencyConfig } from "../config/config.ts";
import {
  compareTime,
  type ExactTime,
  fromNanoseconds,
  MAX_SERIES_STEPS,
  NANOSECONDS_PER_SECOND,
  type StepSeries,
  TICKS_PER_NANOSECOND,
  ZERO_TIME,
} from "../core/time.ts";
import {
  type DecodeCosts,
  type LatencyModel,
  MutablePrice,
  type Price,
  type Work,
} from "./latency.ts";
import { copyTime, happensOnce, transferTime } from "./transfers.ts";

/** Causal attention looks at half of the square of the context. */
const CAUSAL = 0.5;

/**
 * The roofline (Williams et al., CACM 2009) as serving simulators use it: an iteration lasts as long as its arithmetic at the
 * efficiency of its phase, or as reading the weights once and the KV of all contexts, whichever is longer.
 */
export function rooflineLatency(config: RooflineLatencyConfig): LatencyModel {
  const costs = exactDecodeCosts(config);
  const compute = new MutablePrice();
  const memory = new MutablePrice();
  return {
    price(work: Work): Price {
      if (happensOnce(work)) {
        priceOnce(compute, config, work);
        return compute;
      }
      priceDecode(compute, costs.compute, work);
      priceDecode(memory, costs.memory, work);
      const isBusy = compareTime(compute.first, memory.first) >= 0;
      const longer = isBusy ? compute : memory;
      const other = isBusy ? memory : compute;
      longer.steps = stepsAhead(longer, other);
      return longer;
    },
  };
}

/** An iteration that the next one is not like. */
function priceOnce(price: MutablePrice, config: RooflineLatencyConfig, work: Work): void {
  const { first, growth } = price;
  price.steps = 1;
  growth.setNs(0);
  price.transfer.set(transferTime(config.transfers, work));
  first.set(copyTime(config.transfers, work));
  first.add(price.transfer);
  first.addNanoseconds(NANOSECONDS_PER_SECOND * mixedIterationSeconds(config, work));
}

function priceDecode(price: MutablePrice, costs: DecodeCosts, work: Work): void {
  price.transfer.setNs(0);
  price.setDecode(costs, work);
}

/** What a step takes by its arithmetic, and by what it reads. */
function exactDecodeCosts(
  config: RooflineLatencyConfig,
): Record<"compute" | "memory", DecodeCosts> {
  const flopsPerSecond = config.flopsPerSecond * config.decodeEfficiency;
  return {
    compute: {
      base: ZERO_TIME,
      perContextToken: seconds(config.flopsPerTokenPair / flopsPerSecond),
      perSequence: seconds(config.flopsPerToken / flopsPerSecond),
    },
    memory: {
      base: seconds(config.weightBytes / config.bytesPerSecond),
      perContextToken: seconds(config.bytesPerToken / config.bytesPerSecond),
      perSequence: ZERO_TIME,
    },
  };
}

/** Steps for which `longer`, which is not shorter now, stays at least as long as `other`: both are linear in the step. */
function stepsAhead(longer: StepSeries, other: StepSeries): number {
  if (compareTime(longer.growth, other.growth) >= 0) return MAX_SERIES_STEPS;
  const guess = difference(longer.first, other.first) / difference(other.growth, longer.growth);
  let steps = Math.min(MAX_SERIES_STEPS, 1 + Math.floor(guess));
  while (steps > 1 && !staysLonger(longer, other, steps - 1)) steps -= 1;
  while (steps < MAX_SERIES_STEPS && staysLonger(longer, other, steps)) steps += 1;
  return steps;
}

/** Nanoseconds, about. */
function difference(a: ExactTime, b: ExactTime): number {
  return a.ns - b.ns + (a.ticks - b.ticks) / TICKS_PER_NANOSECOND;
}

/** Whether `longer` is at least as long as `other` at a step, counted from 0. */
function staysLonger(longer: StepSeries, other: StepSeries, step: number): boolean {
  const ticks =
    longer.first.ticks - other.first.ticks + step * (longer.growth.ticks - other.growth.ticks);
  const carry = Math.floor(ticks / TICKS_PER_NANOSECOND);
  const ns = longer.first.ns - other.first.ns + step * (longer.growth.ns - other.growth.ns);
  return ns + carry >= 0;
}

function mixedIterationSeconds(config: RooflineLatencyConfig, work: Work): number {
  if (work.prefillTokens === 0 && work.decodeSequences === 0) return 0;
  const { flopsPerToken, flopsPerTokenPair } = config;
  const prefillFlops =
    flopsPerToken * work.prefillTokens + flopsPerTokenPair * CAUSAL * work.prefillSquares;
  const decodeFlops = flopsPerToken * work.decodeSequences + flopsPerTokenPair * work.contextTokens;
  const arithmetic =
    prefillFlops / (config.flopsPerSecond * config.prefillEfficiency) +
    decodeFlops / (config.flopsPerSecond * config.decodeEfficiency);
  const bytes = config.weightBytes + config.bytesPerToken * work.contextTokens;
  return Math.max(arithmetic, bytes / config.bytesPerSecond);
}

function seconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_SECOND);
}
