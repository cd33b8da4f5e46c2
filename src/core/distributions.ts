import { exp, log, normalQuantile } from "./math.ts";
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

/** Lognormal with the given `mean` > 0 of the value (not of its log) and standard deviation `sigma` ≥ 0 of the log. */
export function lognormal(
  random: Random,
  { mean, sigma }: { readonly mean: number; readonly sigma: number },
): Sampler {
  const draw = normal(random);
  const mu = log(mean) - (sigma * sigma) / 2;
  return () => exp(mu + sigma * draw());
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
