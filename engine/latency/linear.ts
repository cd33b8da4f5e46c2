import { MAX_SERIES_STEPS } from "../core/time";
import { DecodeCosts, LatencyModel, Price, Work } from "./latency";
import { Transfers } from "./transfers";

const NANOSECONDS_PER_MILLISECOND: f64 = 1000000;

/**
 * Fitted step times (Zhong et al., DistServe, OSDI'24): prefill = a + b·Σlen + c·Σlen², decode = a + b·Σcontext + c·batch, with
 * several decode fits by batch. An iteration with both kinds pays both in full (docs/decisions.md says what that rests on).
 */
@final
export class LinearLatency extends LatencyModel {
  /** The fits are for ever larger batches, the first for any; the batch from which on the next holds, Infinity for the last. */
  readonly fits: StaticArray<DecodeCosts>;
  readonly belowBatch: StaticArray<f64>;
  base: f64 = 0;
  perToken: f64 = 0;
  perTokenSquared: f64 = 0;
  readonly transfers: Transfers = new Transfers();
  private readonly answer: Price = new Price();

  constructor(fits: i32) {
    super();
    this.belowBatch = new StaticArray<f64>(fits);
    const costs = new StaticArray<DecodeCosts>(fits);
    for (let at = 0; at < fits; at += 1) costs[at] = new DecodeCosts();
    this.fits = costs;
  }

  price(work: Work): Price {
    const price = this.answer;
    price.transfer.setNs(0);
    if (work.decodeSequences > 0) {
      let at = 0;
      while (work.decodeSequences >= this.belowBatch[at]) at += 1;
      price.setDecode(this.fits[at], work);
    } else {
      price.first.setNs(0);
      price.growth.setNs(0);
    }
    price.steps = MAX_SERIES_STEPS;
    if (work.happensOnce) this.addOnce(price, work);
    return price;
  }

  /** Adds what only one iteration pays for. */
  private addOnce(price: Price, work: Work): void {
    const first = price.first;
    price.steps = 1;
    if (work.swappedBlocks > 0) {
      this.transfers.setTransferTime(price.transfer, work);
      first.add(price.transfer);
    }
    if (work.copiedTokens > 0) this.transfers.addCopyTime(first, work);
    if (work.prefillTokens > 0) {
      const milliseconds =
        this.base + this.perToken * work.prefillTokens + this.perTokenSquared * work.prefillSquares;
      first.addNanoseconds(NANOSECONDS_PER_MILLISECOND * milliseconds);
    }
  }
}
