import { exp, log, normalCdf, normalQuantile } from "./math.ts";
import type { Random } from "./random.ts";

/** Draws one value. The makers below take the source of randomness first; parameters are checked by the config. */
export type Sampler = () => number;

/** Stands for a uniform draw of exactly 0, where a law has its pole: half the grain of the source. */
const SMALLEST_UNIFORM = 2 ** -54;

function openUniform(random: Random): number {
  return random() || SMALLEST_UNIFORM;
}

/** Exponential with the given mean > 0. */
export function exponential(random: Random, mean: number): Sampler {
  return () => -mean * log(openUniform(random));
}

/** Standard normal, by inversion: one uniform a draw. */
export function normal(random: Random): Sampler {
  return () => normalQuantile(openUniform(random));
}

/** A lognormal law: `mean` > 0 of the value (not of its log), standard deviation `sigma` ≥ 0 of the log. */
export interface LognormalLaw {
  readonly mean: number;
  readonly sigma: number;
}

/** Draws from a lognormal law. */
export function lognormal(random: Random, { mean, sigma }: LognormalLaw): Sampler {
  const draw = normal(random);
  const mu = meanOfLog(mean, sigma);
  return () => exp(mu + sigma * draw());
}

/** The distribution function of a lognormal law with `sigma` > 0. */
export function lognormalCdf({ mean, sigma }: LognormalLaw, value: number): number {
  return value <= 0 ? 0 : normalCdf((log(value) - meanOfLog(mean, sigma)) / sigma);
}

function meanOfLog(mean: number, sigma: number): number {
  return log(mean) - (sigma * sigma) / 2;
}

/** Gamma with mean `shape`·`scale`, both > 0: Marsaglia and Tsang (2000), with their boost below shape 1. */
export function gamma(random: Random, shape: number, scale: number): Sampler {
  if (shape < 1) {
    const draw = gamma(random, shape + 1, scale);
    return () => draw() * exp(log(openUniform(random)) / shape);
  }
  const draw = normal(random);
  const size = shape - 1 / 3;
  const slope = 1 / Math.sqrt(9 * size);
  return () => {
    for (;;) {
      const z = draw();
      const root = 1 + slope * z;
      if (root <= 0) continue;
      const cube = root * root * root;
      if (log(openUniform(random)) < (z * z) / 2 + size * (1 - cube + log(cube)))
        return size * cube * scale;
    }
  };
}

/** Uniform over the integers `low` … `high`, both included. */
export function uniformInteger(random: Random, low: number, high: number): Sampler {
  return () => low + Math.floor(random() * (high - low + 1));
}

/**
 * Draws i = 0 … `upTo.length` − 1 with a weight of `upTo[i]` − `upTo[i − 1]`; never falling, the last > 0. By inversion, from one uniform:
 * a guide (Chen and Asau 1974) says where to begin to look, so that a draw costs a step or two however long the table is.
 */
export function fromCumulative(random: Random, upTo: Float64Array): Sampler {
  const { length } = upTo;
  const total = upTo[length - 1]!;
  const guide = new Int32Array(length);
  for (let part = 0, index = 0; part < length; part += 1) {
    while (upTo[index]! <= (part / length) * total) index += 1;
    guide[part] = index;
  }
  return () => {
    const uniform = random();
    const target = uniform * total;
    let index = guide[Math.floor(uniform * length)]!;
    while (index > 0 && upTo[index - 1]! > target) index -= 1;
    while (upTo[index]! <= target) index += 1;
    return index;
  };
}

/** Points (probability, value) of a quantile function: probabilities rise from 0 to 1, values never fall. */
export type QuantileTable = readonly (readonly [probability: number, value: number])[];

/** The value of a quantile function at probability `p` in [0, 1], on straight lines between its points. */
export function quantile(table: QuantileTable, p: number): number {
  let low = 0;
  let high = table.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (table[middle]![0] <= p) low = middle;
    else high = middle;
  }
  const [fromP, from] = table[low]!;
  const [toP, to] = table[high]!;
  return from + ((to - from) * (p - fromP)) / (toP - fromP);
}

/** Follows a quantile table of at least two points. */
export function fromQuantiles(random: Random, table: QuantileTable): Sampler {
  return () => quantile(table, random());
}
