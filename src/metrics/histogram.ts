import { doublesAt, engine } from "../engine/engine.ts";

/** Bins to a doubling, as engine/metrics/histograms.ts has them: at most 0.4 % wide. */
const BINS_PER_OCTAVE = 256;
const BITS_BELOW_BIN = 12;

/** Zeros have a bin of their own, before all others; counted from there, the sign, exponent and 8 bits of the mantissa are the bin. */
const ZERO_BIN = (1023 - 64) * BINS_PER_OCTAVE - 1;

/** What the sum of whole numbers is carried in. */
const KEPT = 2n ** 52n;

/**
 * Percentiles, extremes and sum of a stream of values ≥ 0 in fixed memory (128 KiB): logarithmic bins that are linear inside a
 * doubling. Values outside [2^-64, 2^64) fall in the outermost bins; 0 has its own. Up to 2^32 values a bin.
 */
export class Histogram {
  private readonly address: number;

  /** An empty one, or the one at an address. */
  constructor(address: number = engine.newHistogram()) {
    this.address = address;
  }

  add(value: number): void {
    engine.addToHistogram(this.address, value);
  }

  /** Takes in a whole number below 2^53; of nothing but such numbers {@link wholeSum} is exact. */
  addWhole(value: number): void {
    engine.addWholeToHistogram(this.address, value);
  }

  /** How many values there were. */
  get count(): number {
    return this.#figures().count;
  }

  /** The largest value, exactly; null without values. */
  get max(): number | null {
    const { count, most } = this.#figures();
    return count === 0 ? null : most;
  }

  /** Σ of the values, each step rounded. */
  get sum(): number {
    return this.#figures().sum;
  }

  /** Σ of the values, if they were whole numbers. */
  get wholeSum(): bigint {
    const { sum, carried } = this.#figures();
    return BigInt(carried) * KEPT + BigInt(sum);
  }

  /**
   * The nearest-rank percentile, 0 ≤ `percent` ≤ 100: the middle of the bin that holds the value of rank
   * ⌈percent / 100 · count⌉, never outside the exact extremes; null without values. O(bins).
   */
  percentile(percent: number): number | null {
    const { count, least, most } = this.#figures();
    if (count === 0) return null;
    const rank = Math.max(1, Math.ceil((percent * count) / 100));
    const middle = middleOf(engine.histogramBin(this.address, rank));
    return Math.min(most, Math.max(least, middle));
  }

  #figures() {
    const [count, least, most, sum, carried] = doublesAt(
      engine.histogramFigures(this.address),
      5,
    ) as unknown as [number, number, number, number, number];
    return { count, least, most, sum, carried };
  }
}

function middleOf(bin: number): number {
  if (bin === 0) return 0;
  const upperHalf = ((bin + ZERO_BIN) << BITS_BELOW_BIN) | (1 << (BITS_BELOW_BIN - 1));
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, upperHalf);
  return view.getFloat64(0);
}
