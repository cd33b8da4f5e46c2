/** Bins to a doubling: the top 8 bits of the mantissa, so that a bin is at most 0.4 % wide. */
const BINS_PER_OCTAVE: i32 = 256;
const LOWEST_EXPONENT: i32 = -64;
const OCTAVES: i32 = 128;
const LAST_BIN: i32 = OCTAVES * BINS_PER_OCTAVE;
const BINS: i32 = 1 + LAST_BIN;

/** Zeros have a bin of their own, before all others; counted from there, the sign, exponent and 8 bits of the mantissa are the bin. */
const ZERO_BIN: i32 = (1023 + LOWEST_EXPONENT) * BINS_PER_OCTAVE - 1;
const BITS_BELOW_BIN: u64 = 44;

/** What the sum of whole numbers is kept below. */
const KEPT: f64 = 4503599627370496; // 2^52

/** A stream of values ≥ 0, without what is only asked at its end (src/metrics/histogram.ts). */
@final
export class Histogram {
  count: f64 = 0;
  least: f64 = Infinity;
  most: f64 = -Infinity;
  /** Σ of the values, each step rounded. */
  sum: f64 = 0;
  /** What was carried out of the sum of whole numbers, in units of {@link KEPT}. */
  carried: f64 = 0;
  readonly bins: StaticArray<u32> = new StaticArray<u32>(BINS);

  @inline
  add(value: f64): void {
    this.count += 1;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
    this.bins[binOf(value)] += 1;
  }

  /** The same for a whole number below 2^53, whose sum stays exact. */
  @inline
  addWhole(value: f64): void {
    if (value >= KEPT) this.carry();
    this.add(value);
    if (this.sum >= KEPT) this.carry();
  }

  @inline
  private carry(): void {
    this.sum -= KEPT;
    this.carried += 1;
  }

  /** The bin of the value of a rank, 1 … count. */
  binOfRank(rank: f64): i32 {
    let bin = binOf(this.least) - 1;
    for (let below: f64 = 0; below < rank; below += this.bins[bin]) bin += 1;
    return bin;
  }
}

function binOf(value: f64): i32 {
  const bin = <i32>(reinterpret<u64>(value) >> BITS_BELOW_BIN) - ZERO_BIN;
  if (bin < 1) return value === 0 ? 0 : 1;
  return bin > LAST_BIN ? LAST_BIN : bin;
}
