import type { Nanoseconds } from "../core/time.ts";

const FIRST_WIDTH_NS = 10_000_000;
const MAX_BINS = 128;

/**
 * Integrals over equal bins of time from 0, one column a quantity. When more bins than fit are needed the width doubles and
 * neighbours merge, which is exact: what is kept are sums.
 */
export class TimeBins {
  widthNs: Nanoseconds = FIRST_WIDTH_NS;
  private readonly columns: bigint[][];
  #bin = 0;

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => []);
  }

  /** Where the current bin begins. */
  get beginNs(): Nanoseconds {
    return this.#bin * this.widthNs;
  }

  /** Where it ends; one too many for the row is twice as wide. */
  get edgeNs(): Nanoseconds {
    return (this.#bin < MAX_BINS ? this.#bin + 1 : this.#bin + 2) * this.widthNs;
  }

  /** Adds what was gathered in the current bin so far, by column. */
  gather(amount: (column: number) => bigint): void {
    if (this.#bin === MAX_BINS) this.#double();
    for (const [column, bins] of this.columns.entries()) {
      while (bins.length <= this.#bin) bins.push(0n);
      bins[this.#bin]! += amount(column);
    }
  }

  /** Moves on to the next bin, which begins where the current one ends. */
  next(): void {
    this.#bin += 1;
  }

  /** The columns cut to the bins that [0, endNs] reaches, at a width of at least `widthNs`. */
  finish(endNs: Nanoseconds, widthNs: Nanoseconds): bigint[][] {
    while (this.widthNs < widthNs) this.#double();
    const bins = Math.max(1, Math.ceil(endNs / this.widthNs));
    return this.columns.map((column) =>
      Array.from({ length: bins }, (_, bin) => column[bin] ?? 0n),
    );
  }

  #double(): void {
    this.widthNs *= 2;
    this.#bin >>>= 1;
    for (const column of this.columns) {
      const merged = Math.ceil(column.length / 2);
      for (let bin = 0; bin < merged; bin += 1)
        column[bin] = column[2 * bin]! + (column[2 * bin + 1] ?? 0n);
      column.length = merged;
    }
  }
}
