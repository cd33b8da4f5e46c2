import type { LinearCoefficients, LinearLatencyConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { Clock, type ExactTime, fromNanoseconds, MAX_SERIES_STEPS } from "../core/time.ts";
import type { LatencyModel, Price, Work } from "./latency.ts";
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
export function linearLatency(config: LinearLatencyConfig): LatencyModel {
  const { coefficients, transfers } = config;
  const fits = exactDecodeFits(coefficients);
  return {
    price(work: Work): Price {
      const { prefillTokens, decodeSequences, contextTokens } = work;
      const fit = decodeFit(fits, decodeSequences);
      const transfer = transferTime(transfers, work);
      const first = new Clock();
      first.add(transfer);
      if (work.copiedTokens > 0) first.add(copyTime(transfers, work));
      if (prefillTokens > 0) first.add(prefillTime(coefficients, work));
      if (decodeSequences > 0) {
        first.add(fit.base);
        first.addMultiple(fit.perContextToken, contextTokens);
        first.addMultiple(fit.perSequence, decodeSequences);
      }
      const growth = new Clock();
      growth.addMultiple(fit.perContextToken, decodeSequences);
      const steps = happensOnce(work) ? 1 : MAX_SERIES_STEPS;
      return { series: { first, growth }, steps, transfer };
    },
  };
}

function prefillTime({ prefill }: LinearCoefficients, work: Work): ExactTime {
  const { base, perToken, perTokenSquared } = prefill;
  return milliseconds(base + perToken * work.prefillTokens + perTokenSquared * work.prefillSquares);
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
  for (const fit of fits)
    if (fit.fromBatch <= batch && fit.fromBatch >= found.fromBatch) found = fit;
  return found;
}

function milliseconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_MILLISECOND);
}
