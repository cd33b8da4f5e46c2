/** Amounts up to this size are gathered in a double before they spill into the BigInt. */
const SPILL = 2 ** 52;

/** A sum of integers ≥ 0 that is exact at any size, and costs a double addition while amounts stay small. */
export class ExactSum {
  #low = 0;
  #high = 0n;

  /** Adds the product of two safe integers ≥ 0. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    if (product < SPILL) this.#addSmall(product);
    else this.#high += BigInt(a) * BigInt(b);
  }

  /** Adds a safe integer ≥ 0. */
  add(amount: number): void {
    if (amount < SPILL) this.#addSmall(amount);
    else this.#high += BigInt(amount);
  }

  /** Adds all of `other`, which becomes 0. */
  absorb(other: ExactSum): void {
    this.#addSmall(other.#low);
    if (other.#high !== 0n) this.#high += other.#high;
    other.reset();
  }

  toBigInt(): bigint {
    return this.#high + BigInt(this.#low);
  }

  reset(): void {
    this.#low = 0;
    this.#high = 0n;
  }

  #addSmall(amount: number): void {
    this.#low += amount;
    if (this.#low >= SPILL) {
      this.#high += BigInt(this.#low);
      this.#low = 0;
    }
  }
}

const RATIO_BITS = 80n;

/** `numerator` / `denominator` as a double, the same on every machine; null when the denominator is 0. Both ≥ 0. */
export function exactRatio(numerator: bigint, denominator: bigint): number | null {
  if (denominator === 0n) return null;
  return Number((numerator << RATIO_BITS) / denominator) / 2 ** Number(RATIO_BITS);
}
