import type { LinearCoefficients, LinearLatencyConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import {
  addTime,
  compareTime,
  type ExactTime,
  fromNanoseconds,
  MAX_SERIES_STEPS,
  multiplyTime,
  ZERO_TIME,
} from "../core/time.ts";
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
 * several decode fits by batch. An iteration with both parts pays the larger constant once: the weights are read once.
 */
export function linearLatency(config: LinearLatencyConfig): LatencyModel {
  const { coefficients, transfers } = config;
  const fits = exactDecodeFits(coefficients);
  const prefillBase = milliseconds(coefficients.prefill.base);
  return {
    price(work: Work): Price {
      const prefills = work.prefillTokens > 0;
      const decodes = work.decodeSequences > 0;
      const fit = decodeFit(fits, work.decodeSequences);
      const transfer = transferTime(transfers, work);
      let first = addTime(copyTime(transfers, work), transfer);
      first = addTime(first, base(prefills ? prefillBase : null, decodes ? fit.base : null));
      if (prefills) first = addTime(first, prefillSlope(coefficients, work));
      if (decodes) {
        first = addTime(first, multiplyTime(fit.perContextToken, work.contextTokens));
        first = addTime(first, multiplyTime(fit.perSequence, work.decodeSequences));
      }
      const growth = multiplyTime(fit.perContextToken, work.decodeSequences);
      const steps = happensOnce(work) ? 1 : MAX_SERIES_STEPS;
      return { series: { first, growth }, steps, transfer };
    },
  };
}

function base(prefill: ExactTime | null, decode: ExactTime | null): ExactTime {
  if (prefill === null) return decode ?? ZERO_TIME;
  if (decode === null) return prefill;
  return compareTime(prefill, decode) >= 0 ? prefill : decode;
}

function prefillSlope(coefficients: LinearCoefficients, work: Work): ExactTime {
  const { perToken, perTokenSquared } = coefficients.prefill;
  return milliseconds(perToken * work.prefillTokens + perTokenSquared * work.prefillSquares);
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
