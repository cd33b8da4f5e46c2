import type { LinearCoefficients, LinearLatencyConfig, TransferConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { type ExactTime, fromNanoseconds, MAX_SERIES_STEPS } from "../core/time.ts";
import {
  type DecodeCosts,
  type LatencyModel,
  MutablePrice,
  type Price,
  type Work,
} from "./latency.ts";
import { copyTime, happensOnce, transferTime } from "./transfers.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

interface ExactDecodeFit extends DecodeCosts {
  /** The batch from which on the next fit holds; Infinity for the last. */
  readonly belowBatch: number;
}

/**
 * Fitted step times (Zhong et al., DistServe, OSDI'24): prefill = a + b·Σlen + c·Σlen², decode = a + b·Σcontext + c·batch, with
 * several decode fits by batch. Both were fitted on iterations of one kind; an iteration with both kinds pays both in full
 * (docs/decisions.md says what that rests on).
 */
export function linearLatency({ coefficients, transfers }: LinearLatencyConfig): LatencyModel {
  const fits = exactDecodeFits(coefficients);
  const price = new MutablePrice();
  const { first, growth } = price;
  return {
    price(work: Work): Price {
      price.transfer.setNs(0);
      if (work.decodeSequences > 0) price.setDecode(decodeFit(fits, work.decodeSequences), work);
      else {
        first.setNs(0);
        growth.setNs(0);
      }
      price.steps = happensOnce(work) ? 1 : MAX_SERIES_STEPS;
      if (price.steps === 1) addOnce(price, coefficients.prefill, transfers, work);
      return price;
    },
  };
}

/** Adds what only one iteration pays for. */
function addOnce(
  { first, transfer }: MutablePrice,
  { base, perToken, perTokenSquared }: LinearCoefficients["prefill"],
  transfers: TransferConfig,
  work: Work,
): void {
  const { prefillTokens, prefillSquares } = work;
  if (work.swappedBlocks > 0) {
    transfer.add(transferTime(transfers, work));
    first.add(transfer);
  }
  if (work.copiedTokens > 0) first.add(copyTime(transfers, work));
  if (prefillTokens > 0)
    first.addNanoseconds(
      NANOSECONDS_PER_MILLISECOND *
        (base + perToken * prefillTokens + perTokenSquared * prefillSquares),
    );
}

function exactDecodeFits({ decode }: LinearCoefficients): ExactDecodeFit[] {
  assert(decode.length > 0, "a linear step-time model needs a decode fit");
  return decode.map((fit, at) => ({
    belowBatch: decode[at + 1]?.fromBatch ?? Infinity,
    base: milliseconds(fit.base),
    perContextToken: milliseconds(fit.perContextToken),
    perSequence: milliseconds(fit.perSequence),
  }));
}

/** The fits are for ever larger batches, the first for any. */
function decodeFit(fits: readonly ExactDecodeFit[], batch: number): ExactDecodeFit {
  let at = 0;
  while (batch >= fits[at]!.belowBatch) at += 1;
  return fits[at]!;
}

function milliseconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_MILLISECOND);
}
