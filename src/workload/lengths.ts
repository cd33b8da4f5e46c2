import { datasets } from "../config/catalog/datasets/index.ts";
import type { LengthConfig, LengthsConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { fromQuantiles, lognormal, type Sampler, uniformInteger } from "../core/distributions.ts";
import type { Random } from "../core/random.ts";
import { datasetLengths } from "./dataset-lengths.ts";
import { drawOutputs, type LengthsSampler, wholeTokens } from "./request-lengths.ts";
import { WorkloadError } from "./workload-error.ts";

/** Draws before a cut that leaves nothing is given up. */
const DRAWS_MAX = 10_000;

/** The sampler for `workload.lengths`. It throws {@link WorkloadError} if `min` and `max` leave next to nothing of a law. */
export function lengthsSampler(random: Random, config: LengthsConfig): LengthsSampler {
  if (config.kind === "dataset") {
    const dataset = datasets[config.dataset];
    assert(dataset !== undefined, `unknown data set ${config.dataset}`);
    return datasetLengths(random, dataset.lengths);
  }
  const prompt = cut(law(random, config.prompt), config.prompt, "lengths.prompt");
  const output = cut(law(random, config.output), config.output, "lengths.output");
  return (n) => ({ promptTokens: prompt(), outputTokens: drawOutputs(n, output) });
}

/** The sampler for `workload.prefix.turns`: whole numbers ≥ 1. Throws as {@link lengthsSampler} does. */
export function turnsSampler(random: Random, config: LengthConfig): Sampler {
  return cut(law(random, config), config, "prefix.turns");
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
