/** Bins to a doubling: the top 8 bits of the mantissa, so that a bin is at most 0.4 % wide. */
const BINS_PER_OCTAVE = 256;
const LOWEST_EXPONENT = -64;
const OCTAVES = 128;
const BINS = OCTAVES * BINS_PER_OCTAVE;

/** Sign, exponent and 8 bits of the mantissa of the smallest value that has its own bin. */
const FIRST_BIN = (1023 + LOWEST_EXPONENT) * BINS_PER_OCTAVE;
const BITS_BELOW_BIN = 12;

const bits = new DataView(new ArrayBuffer(8));

/**
 * Percentiles of a stream of values ≥ 0 in fixed memory (128 KiB): logarithmic bins that are linear inside a
 * doubling. Values outside [2^-64, 2^64) fall in the outermost bins; 0 has its own. Up to 2^32 values a bin.
 */
export class Histogram {
  readonly #counts = new Uint32Array(BINS);
  #zeros = 0;
  #count = 0;
  #min = Infinity;
  #max = -Infinity;

  add(value: number): void {
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value === 0) this.#zeros++;
    else this.#counts[binOf(value)]!++;
  }

  get count(): number {
    return this.#count;
  }

  /** The largest value, exactly; null without values. */
  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }

  /**
   * The nearest-rank percentile, 0 ≤ `percent` ≤ 100: the middle of the bin that holds the value of rank
   * ⌈percent / 100 · count⌉, never outside the exact extremes; null without values.
   */
  percentile(percent: number): number | null {
    if (this.#count === 0) return null;
    let below = this.#zeros;
    const rank = Math.max(1, Math.ceil((percent * this.#count) / 100));
    if (rank <= below) return 0;
    let bin = -1;
    while (below < rank) below += this.#counts[++bin]!;
    return Math.min(this.#max, Math.max(this.#min, middleOf(bin)));
  }
}

function binOf(value: number): number {
  bits.setFloat64(0, value);
  const bin = (bits.getUint32(0) >>> BITS_BELOW_BIN) - FIRST_BIN;
  return Math.min(BINS - 1, Math.max(0, bin));
}

function middleOf(bin: number): number {
  bits.setUint32(0, ((bin + FIRST_BIN) << BITS_BELOW_BIN) | (1 << (BITS_BELOW_BIN - 1)));
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
