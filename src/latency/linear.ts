import type { LinearCoefficients, LinearLatencyConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { type ExactTime, fromNanoseconds, MAX_SERIES_STEPS } from "../core/time.ts";
import { type LatencyModel, MutablePrice, type Price, type Work } from "./latency.ts";
import { copyTime, happensOnce, transferTime } from "./transfers.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

interface ExactDecodeFit {
  readonly fromBatch: number;
  readonly base: ExactTime;
  readonly perContextToken: ExactTime;
  readonly perSequence: ExactTime;
}

/**
 * Fitted step times (Zhong et al., DistServe, OSDI'24): prefill = a + b·Σlen + c·Σlen², decode = a + b·Σcontext + c·batch, with
 * several decode fits by batch. Both were fitted on iterations of one kind; an iteration with both kinds pays both in full
 * (docs/decisions.md says what that rests on).
 */
export function linearLatency({ coefficients, transfers }: LinearLatencyConfig): LatencyModel {
  const fits = exactDecodeFits(coefficients);
  const { prefill } = coefficients;
  const price = new MutablePrice();
  const { first, growth } = price.series;
  return {
    price(work: Work): Price {
      price.reset(happensOnce(work) ? 1 : MAX_SERIES_STEPS);
      if (work.swappedBlocks > 0) {
        price.transfer.add(transferTime(transfers, work));
        first.add(price.transfer);
      }
      if (work.copiedTokens > 0) first.add(copyTime(transfers, work));
      if (work.prefillTokens > 0)
        first.addNanoseconds(
          NANOSECONDS_PER_MILLISECOND *
            (prefill.base +
              prefill.perToken * work.prefillTokens +
              prefill.perTokenSquared * work.prefillSquares),
        );
      if (work.decodeSequences > 0) {
        const fit = decodeFit(fits, work.decodeSequences);
        const { base, perContextToken, perSequence } = fit;
        const { contextTokens, decodeSequences } = work;
        first.addMultiples(base, perContextToken, contextTokens, perSequence, decodeSequences);
        growth.setMultiple(perContextToken, decodeSequences);
      }
      return price;
    },
  };
}

function exactDecodeFits(coefficients: LinearCoefficients): ExactDecodeFit[] {
  assert(coefficients.decode.length > 0, "a linear step-time model needs a decode fit");
  return coefficients.decode.map((fit) => ({
    fromBatch: fit.fromBatch,
    base: milliseconds(fit.base),
    perContextToken: milliseconds(fit.perContextToken),
    perSequence: milliseconds(fit.perSequence),
  }));
}

function decodeFit(fits: readonly ExactDecodeFit[], batch: number): ExactDecodeFit {
  let found = fits[0]!;
  for (let at = 1; at < fits.length; at += 1) {
    const fit = fits[at]!;
    if (fit.fromBatch <= batch && fit.fromBatch >= found.fromBatch) found = fit;
  }
  return found;
}

function milliseconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_MILLISECOND);
}
