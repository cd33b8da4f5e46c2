/** Bins to a doubling: the top 8 bits of the mantissa, so that a bin is at most 0.4 % wide. */
const BINS_PER_OCTAVE = 256;
const LOWEST_EXPONENT = -64;
const OCTAVES = 128;
const LAST_BIN = OCTAVES * BINS_PER_OCTAVE;
const BINS = 1 + LAST_BIN;

/** Zeros have a bin of their own, before all others; counted from there, the sign, exponent and 8 bits of the mantissa are the bin. */
const ZERO_BIN = (1023 + LOWEST_EXPONENT) * BINS_PER_OCTAVE - 1;
const BITS_BELOW_BIN = 12;

/** Which half of a double has its sign, its exponent and the first bits of the mantissa. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const UPPER = isLittleEndian ? 1 : 0;

/** The figures of a stream: its next value, the extremes so far, and the sum. */
const VALUE = 0;
const LEAST = 1;
const MOST = 2;
const SUM = 3;
const FIGURES = 4;

/**
 * Percentiles, extremes and sums of streams of values ≥ 0, side by side in fixed memory (128 KiB each): logarithmic bins that are
 * linear inside a doubling. Values outside [2^-64, 2^64) fall in the outermost bins; 0 has its own. Up to 2^32 values a bin.
 */
export class Histograms {
  private readonly figures: Float64Array;
  /** The halves of the same. */
  private readonly halves: Uint32Array;
  private readonly counts: Uint32Array;

  constructor(streams: number) {
    this.figures = new Float64Array(streams * FIGURES);
    this.halves = new Uint32Array(this.figures.buffer);
    this.counts = new Uint32Array(streams * BINS);
    for (let stream = 0; stream < streams; stream += 1)
      this.figures.set([0, Infinity, -Infinity, 0], FIGURES * stream);
  }

  /** What {@link add} takes in of a stream. */
  set(stream: number, value: number): void {
    this.figures[FIGURES * stream + VALUE] = value;
  }

  /** Takes in the values that were set, of the streams from `from` to before `until`. */
  add(from: number, until: number): void {
    const figures = this.figures;
    const halves = this.halves;
    const counts = this.counts;
    let firstBin = BINS * from;
    for (let at = FIGURES * from; at < FIGURES * until; at += FIGURES) {
      const value = figures[at + VALUE]!;
      figures[at + SUM]! += value;
      if (value < figures[at + LEAST]!) figures[at + LEAST] = value;
      if (value > figures[at + MOST]!) figures[at + MOST] = value;
      counts[firstBin + binOf(halves[2 * at + UPPER]!, value)]! += 1;
      firstBin += BINS;
    }
  }

  /** Takes in `count` zeros at once. */
  addZeros(stream: number, count: number): void {
    if (count === 0) return;
    this.set(stream, 0);
    this.add(stream, stream + 1);
    this.counts[BINS * stream]! += count - 1;
  }

  /** How many values a stream had. O(bins). */
  count(stream: number): number {
    const most = this.max(stream);
    if (most === null) return 0;
    let count = 0;
    for (let bin = this.#binAt(stream, LEAST); bin <= this.#binAt(stream, MOST); bin += 1)
      count += this.counts[BINS * stream + bin]!;
    return count;
  }

  /** The largest value, exactly; null without values. */
  max(stream: number): number | null {
    const most = this.figures[FIGURES * stream + MOST]!;
    return most < 0 ? null : most;
  }

  /** Σ of the values, each step rounded. */
  sum(stream: number): number {
    return this.figures[FIGURES * stream + SUM]!;
  }

  /** The same; it begins again from 0. */
  takeSum(stream: number): number {
    const sum = this.sum(stream);
    this.figures[FIGURES * stream + SUM] = 0;
    return sum;
  }

  /**
   * The nearest-rank percentile, 0 ≤ `percent` ≤ 100: the middle of the bin that holds the value of rank
   * ⌈percent / 100 · count⌉, never outside the exact extremes; null without values. O(bins).
   */
  percentile(stream: number, percent: number): number | null {
    const count = this.count(stream);
    if (count === 0) return null;
    const rank = Math.max(1, Math.ceil((percent * count) / 100));
    let below = 0;
    let bin = this.#binAt(stream, LEAST) - 1;
    while (below < rank) below += this.counts[BINS * stream + ++bin]!;
    return Math.min(this.max(stream)!, Math.max(this.#least(stream), middleOf(bin)));
  }

  #least(stream: number): number {
    return this.figures[FIGURES * stream + LEAST]!;
  }

  /** The bin of one of the figures. */
  #binAt(stream: number, figure: number): number {
    const at = FIGURES * stream + figure;
    return binOf(this.halves[2 * at + UPPER]!, this.figures[at]!);
  }
}

// A function that is a constant is part of what V8 makes of those that call it.
const binOf = (upper: number, value: number): number => {
  const bin = (upper >>> BITS_BELOW_BIN) - ZERO_BIN;
  if (bin < 1) return value === 0 ? 0 : 1;
  return bin > LAST_BIN ? LAST_BIN : bin;
};

function middleOf(bin: number): number {
  if (bin === 0) return 0;
  const halves = new Uint32Array(2);
  halves[UPPER] = ((bin + ZERO_BIN) << BITS_BELOW_BIN) | (1 << (BITS_BELOW_BIN - 1));
  return new Float64Array(halves.buffer)[0]!;
}
