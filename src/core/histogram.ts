/** Bins to a doubling: the top 8 bits of the mantissa, so that a bin is at most 0.4 % wide. */
const BINS_PER_OCTAVE = 256;
const LOWEST_EXPONENT = -64;
const OCTAVES = 128;
const LAST_BIN = OCTAVES * BINS_PER_OCTAVE;

/** Zeros have a bin of their own, before all others; counted from there, the sign, exponent and 8 bits of the mantissa are the bin. */
const ZERO_BIN = (1023 + LOWEST_EXPONENT) * BINS_PER_OCTAVE - 1;
const BITS_BELOW_BIN = 12;

/** A double, and its two halves: the upper one has the sign, the exponent and the first bits of the mantissa. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const UPPER = isLittleEndian ? 1 : 0;

/**
 * Percentiles of a stream of values ≥ 0 in fixed memory (128 KiB): logarithmic bins that are linear inside a
 * doubling. Values outside [2^-64, 2^64) fall in the outermost bins; 0 has its own. Up to 2^32 values a bin.
 */
export class Histogram {
  readonly #counts = new Uint32Array(1 + LAST_BIN);
  #min = Infinity;
  #max = -Infinity;

  add(value: number): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#counts[binOf(value)]!++;
  }

  /** How many values were added. O(bins). */
  get count(): number {
    if (this.#max < 0) return 0;
    let count = 0;
    for (let bin = binOf(this.#min); bin <= binOf(this.#max); bin++) count += this.#counts[bin]!;
    return count;
  }

  /** The largest value, exactly; null without values. */
  get max(): number | null {
    return this.#max < 0 ? null : this.#max;
  }

  /**
   * The nearest-rank percentile, 0 ≤ `percent` ≤ 100: the middle of the bin that holds the value of rank
   * ⌈percent / 100 · count⌉, never outside the exact extremes; null without values. O(bins).
   */
  percentile(percent: number): number | null {
    const { count } = this;
    if (count === 0) return null;
    const rank = Math.max(1, Math.ceil((percent * count) / 100));
    let below = 0;
    let bin = binOf(this.#min) - 1;
    while (below < rank) below += this.#counts[++bin]!;
    return Math.min(this.#max, Math.max(this.#min, middleOf(bin)));
  }
}

function binOf(value: number): number {
  double[0] = value;
  const bin = (halves[UPPER]! >>> BITS_BELOW_BIN) - ZERO_BIN;
  if (bin < 1) return value === 0 ? 0 : 1;
  return bin > LAST_BIN ? LAST_BIN : bin;
}

function middleOf(bin: number): number {
  if (bin === 0) return 0;
  halves[UPPER] = ((bin + ZERO_BIN) << BITS_BELOW_BIN) | (1 << (BITS_BELOW_BIN - 1));
  halves[1 - UPPER] = 0;
  return double[0]!;
}
