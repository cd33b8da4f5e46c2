import {
  type FittedLengths,
  type MeasuredLengths,
  quantileTable,
} from "../config/catalog/datasets/dataset.ts";
import { gamma, lognormal, normal, quantile } from "../core/distributions.ts";
import { normalCdf } from "../core/math.ts";
import type { Random } from "../core/random.ts";
import type { Tokens } from "../request.ts";
import { drawOutputs, type LengthsSampler, wholeTokens } from "./request-lengths.ts";

/** Draws lengths as a data set has them. */
export function datasetLengths(
  random: Random,
  lengths: MeasuredLengths | FittedLengths,
): LengthsSampler {
  return lengths.kind === "measured" ? measured(random, lengths) : fitted(random, lengths);
}

/**
 * A normal copula: two correlated normal scores, each turned into a probability and that into a length, keep both
 * distributions and their rank correlation.
 */
function measured(random: Random, lengths: MeasuredLengths): LengthsSampler {
  const score = normal(random);
  const promptTable = quantileTable(lengths.prompt);
  const outputTable = quantileTable(lengths.output);
  const correlation = lengths.copulaCorrelation;
  const independent = Math.sqrt(1 - correlation * correlation);
  return (n) => {
    const promptScore = score();
    const output = (): Tokens => {
      const outputScore = correlation * promptScore + independent * score();
      return wholeTokens(quantile(outputTable, normalCdf(outputScore)));
    };
    return {
      promptTokens: wholeTokens(quantile(promptTable, normalCdf(promptScore))),
      outputTokens: drawOutputs(n, output),
    };
  };
}

/** A pair whose sum is too large is drawn again as a pair; further outputs are drawn again under the same prompt. */
function fitted(random: Random, { prompt, output, totalMax }: FittedLengths): LengthsSampler {
  const drawPrompt = lognormal(random, prompt);
  const drawOutput = gamma(random, output.shape, output.scale);
  return (n) => {
    let promptTokens: Tokens;
    let firstOutput: Tokens;
    do {
      promptTokens = wholeTokens(drawPrompt());
      firstOutput = wholeTokens(drawOutput());
    } while (promptTokens + firstOutput > totalMax);
    const outputTokens = [firstOutput];
    while (outputTokens.length < n) {
      const tokens = wholeTokens(drawOutput());
      if (promptTokens + tokens <= totalMax) outputTokens.push(tokens);
    }
    return { promptTokens, outputTokens };
  };
}
