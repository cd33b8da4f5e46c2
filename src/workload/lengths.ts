import { datasets } from "../config/catalog/datasets/index.ts";
import type { LengthConfig, LengthsConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import {
  fromCumulative,
  fromQuantiles,
  type LognormalLaw,
  lognormal,
  lognormalCdf,
  type Sampler,
  uniformInteger,
} from "../core/distributions.ts";
import type { Random } from "../core/random.ts";
import { datasetLengths } from "./dataset-lengths.ts";
import {
  drawOutputs,
  type LengthsSampler,
  wholeTokens,
  withEqualOutputs,
} from "./request-lengths.ts";
import { WorkloadError } from "./workload-error.ts";

/** Draws before a cut that leaves nothing is given up. */
const DRAWS_MAX = 10_000;

/** Numbers up to which a law that has them between its cuts is drawn from a table of its probabilities. */
const TABLE_MAX = 16_384;

/** The sampler for `workload.lengths`. It throws {@link WorkloadError} if `min` and `max` leave next to nothing of a law. */
export function lengthsSampler(random: Random, config: LengthsConfig): LengthsSampler {
  const draw = ownLengths(random, config);
  return config.equalOutputs ? withEqualOutputs(draw) : draw;
}

/** Outputs are independent given the prompt. */
function ownLengths(random: Random, config: LengthsConfig): LengthsSampler {
  if (config.kind === "dataset") {
    const dataset = datasets[config.dataset];
    assert(dataset !== undefined, `unknown data set ${config.dataset}`);
    return datasetLengths(random, dataset.lengths);
  }
  const prompt = sampler(random, config.prompt, "lengths.prompt");
  const output = sampler(random, config.output, "lengths.output");
  return (n) => ({ promptTokens: prompt(), outputTokens: drawOutputs(n, output) });
}

/** The sampler for `workload.prefix.turns`: whole numbers ≥ 1. Throws as {@link lengthsSampler} does. */
export function turnsSampler(random: Random, config: LengthConfig): Sampler {
  return sampler(random, config, "prefix.turns");
}

/** Whole numbers ≥ 1 of a cut law. A table costs a quarter of drawing and rounding a lognormal, and is the same law. */
function sampler(random: Random, config: LengthConfig, key: string): Sampler {
  const { law: uncut, min, max } = config;
  const least = min ?? 1;
  if (uncut.kind === "lognormal" && uncut.sigma > 0 && max !== null && max - least < TABLE_MAX) {
    const upTo = lognormalTable(uncut, least, max);
    if (upTo[max - least]! * DRAWS_MAX >= 1) return tabulated(random, upTo, least);
  }
  return cut(law(random, config), config, key);
}

function tabulated(random: Random, upTo: Float64Array, least: number): Sampler {
  const draw = fromCumulative(random, upTo);
  return () => least + draw();
}

/** Up to each whole number from `least` to `most`, the probability of what is rounded to them; what is rounded to 0 counts as 1. */
function lognormalTable(law: LognormalLaw, least: number, most: number): Float64Array {
  const below = least === 1 ? 0 : lognormalCdf(law, least - 0.5);
  return Float64Array.from(
    { length: most - least + 1 },
    (_, index) => lognormalCdf(law, least + index + 0.5) - below,
  );
}

function law(random: Random, { law }: LengthConfig): Sampler {
  switch (law.kind) {
    case "constant":
      return () => law.value;
    case "uniform":
      return uniformInteger(random, law.low, law.high);
    case "lognormal":
      return lognormal(random, law);
    case "quantiles":
      return fromQuantiles(random, law.knots);
  }
}

/** Whole numbers ≥ 1, drawn again while outside `min` … `max`. */
function cut(draw: Sampler, { law, min, max }: LengthConfig, key: string): Sampler {
  const least = min ?? 1;
  const most = max ?? Number.MAX_SAFE_INTEGER;
  return () => {
    for (let draws = 0; draws < DRAWS_MAX; draws++) {
      const sample = wholeTokens(draw());
      if (sample >= least && sample <= most) return sample;
    }
    throw new WorkloadError(
      `workload.${key}: ${DRAWS_MAX} draws of the ${law.kind} law gave nothing from ${least} to ${max ?? "any"}`,
    );
  };
}
