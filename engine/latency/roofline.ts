import { Clock, compareTime, MAX_SERIES_STEPS, NANOSECONDS_PER_SECOND, TICKS } from "../core/time";
import { DecodeCosts, LatencyModel, Price, Work } from "./latency";
import { Transfers } from "./transfers";

/** Causal attention looks at half of the square of the context. */
const CAUSAL: f64 = 0.5;

/** A part of the experts that is too small to count. */
const LEAST_UNUSED: f64 = 1e-12;

/**
 * The roofline (Williams et al., CACM 2009) as serving simulators use it: an iteration lasts as long as its arithmetic at the
 * efficiency of its phase, or as reading the weights once and the KV of all contexts, whichever is longer. Of a mixture of
 * experts those are read that any token of the iteration uses, as if each token chose its own at random.
 *
 * Pipeline stages take turns: a prompt takes as long as on one of them, and the weights of all are read one after the other. The
 * sequences that decode are as many parts, if they are as many, one behind the other in the stages, which work on their KV at the same
 * time.
 */
@final
export class RooflineLatency extends LatencyModel {
  flopsPerSecond: f64 = 0;
  prefillEfficiency: f64 = 0;
  decodeEfficiency: f64 = 0;
  flopsPerToken: f64 = 0;
  flopsPerTokenPair: f64 = 0;
  weightBytes: f64 = 0;
  bytesPerToken: f64 = 0;
  bytesPerSecond: f64 = 0;
  private readonly stages: f64;
  /** Of the weights, those of routed experts. */
  expertBytes: f64 = 0;
  /** By the number of tokens: the part of the experts that none of them uses; nothing of them beyond. */
  private readonly unused: StaticArray<f64>;
  readonly transfers: Transfers = new Transfers();
  /** What a step takes by its arithmetic, and by what it reads, where the sequences are 1, 2 … parts. */
  private readonly computeCosts: StaticArray<DecodeCosts>;
  private readonly memoryCosts: StaticArray<DecodeCosts>;
  private readonly compute: Price = new Price();
  private readonly memory: Price = new Price();

  /** `expertShare`: the part of the routed experts that a token uses. */
  constructor(stages: i32, expertShare: f64) {
    super();
    this.stages = stages;
    this.unused = unusedParts(expertShare);
    this.computeCosts = costsOf(stages);
    this.memoryCosts = costsOf(stages);
  }

  /** To be set, for sequences in 1 … stages parts. */
  computeCostsIn(parts: i32): DecodeCosts {
    return this.computeCosts[parts - 1];
  }

  memoryCostsIn(parts: i32): DecodeCosts {
    return this.memoryCosts[parts - 1];
  }

  price(work: Work): Price {
    const compute = this.compute;
    const memory = this.memory;
    if (work.happensOnce) {
      this.priceOnce(compute, work);
      return compute;
    }
    compute.transfer.setNs(0);
    const parts = <i32>this.partsOf(work);
    compute.setDecode(this.computeCostsIn(parts), work);
    memory.setDecode(this.memoryCostsIn(parts), work);
    if (this.expertBytes > 0)
      memory.first.addNanoseconds(NANOSECONDS_PER_SECOND * this.expertSeconds(work));
    const isBusy = compareTime(compute.first, memory.first) >= 0;
    const longer = isBusy ? compute : memory;
    longer.steps = stepsAhead(longer, isBusy ? memory : compute);
    return longer;
  }

  /** An iteration that the next one is not like. */
  private priceOnce(price: Price, work: Work): void {
    price.steps = 1;
    price.growth.setNs(0);
    this.transfers.setTransferTime(price.transfer, work);
    price.first.setNs(0);
    this.transfers.addCopyTime(price.first, work);
    price.first.add(price.transfer);
    price.first.addNanoseconds(NANOSECONDS_PER_SECOND * this.mixedSeconds(work));
  }

  private mixedSeconds(work: Work): f64 {
    if (work.prefillTokens === 0 && work.decodeSequences === 0) return 0;
    const prefillFlops =
      this.flopsPerToken * work.prefillTokens +
      this.flopsPerTokenPair * CAUSAL * work.prefillSquares;
    const decodeFlops =
      this.flopsPerToken * work.decodeSequences + this.flopsPerTokenPair * work.contextTokens;
    const parts = this.partsOf(work);
    const arithmetic =
      prefillFlops / (this.flopsPerSecond * this.prefillEfficiency) +
      decodeFlops / (this.flopsPerSecond * this.decodeEfficiency * parts);
    const readTokens = work.contextTokens / parts + work.prefillContext;
    const weights = this.weightBytes - this.expertBytes * this.unusedPart(work);
    return max(arithmetic, (weights + this.bytesPerToken * readTokens) / this.bytesPerSecond);
  }

  /** How many parts the sequences that decode are, one for each stage at most. */
  @inline
  private partsOf(work: Work): f64 {
    return max(1, min(this.stages, work.decodeSequences));
  }

  /** What reading the experts takes that the tokens of an iteration use. */
  private expertSeconds(work: Work): f64 {
    return (this.expertBytes * (1 - this.unusedPart(work))) / this.bytesPerSecond;
  }

  /** Of the experts, the part that no token uses which passes them at the same time. */
  private unusedPart(work: Work): f64 {
    const tokens = work.prefillTokens + ceil(work.decodeSequences / this.partsOf(work));
    const unused = this.unused;
    return tokens < <f64>unused.length ? unused[<i32>tokens] : 0;
  }
}

function costsOf(stages: i32): StaticArray<DecodeCosts> {
  const costs = new StaticArray<DecodeCosts>(stages);
  for (let at = 0; at < stages; at += 1) costs[at] = new DecodeCosts();
  return costs;
}

function unusedParts(share: f64): StaticArray<f64> {
  const left = 1 - share;
  let length = 1;
  for (let part: f64 = left; part > LEAST_UNUSED; part *= left) length += 1;
  const parts = new StaticArray<f64>(length);
  parts[0] = 1;
  for (let tokens = 1; tokens < length; tokens += 1) parts[tokens] = parts[tokens - 1] * left;
  return parts;
}

/** Steps for which `longer`, which is not shorter now, stays at least as long as `other`: both are linear in the step. */
function stepsAhead(longer: Price, other: Price): i32 {
  if (compareTime(longer.growth, other.growth) >= 0) return MAX_SERIES_STEPS;
  const guess = difference(longer.first, other.first) / difference(other.growth, longer.growth);
  let steps = <i32>min(<f64>MAX_SERIES_STEPS, 1 + floor(guess));
  while (steps > 1 && !staysLonger(longer, other, steps - 1)) steps -= 1;
  while (steps < MAX_SERIES_STEPS && staysLonger(longer, other, steps)) steps += 1;
  return steps;
}

/** Nanoseconds, about. */
function difference(a: Clock, b: Clock): f64 {
  return a.ns - b.ns + (a.ticks - b.ticks) / TICKS;
}

/** Whether `longer` is at least as long as `other` at a step, counted from 0. */
function staysLonger(longer: Price, other: Price, step: f64): bool {
  const ticks =
    longer.first.ticks - other.first.ticks + step * (longer.growth.ticks - other.growth.ticks);
  const carry = floor(ticks / TICKS);
  const ns = longer.first.ns - other.first.ns + step * (longer.growth.ns - other.growth.ns);
  return ns + carry >= 0;
}
