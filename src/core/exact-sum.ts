/** A sum below this is exact: one that is not leads to this or more. */
const EXACT_BELOW = 2 ** 53;

/** A sum of integers ≥ 0 that is exact at any size, and costs a double addition while it is small. */
export class ExactSum {
  #low = 0;
  #high = 0n;

  /** Adds a safe integer ≥ 0. */
  add(amount: number): void {
    const sum = this.#low + amount;
    if (sum < EXACT_BELOW) this.#low = sum;
    else this.#spill(amount);
  }

  toBigInt(): bigint {
    return this.#high + BigInt(this.#low);
  }

  #spill(amount: number): void {
    this.#high = this.toBigInt() + BigInt(amount);
    this.#low = 0;
  }
}

const RATIO_BITS = 80n;

/** `numerator` / `denominator` as a double, the same on every machine; null when the denominator is 0. Both ≥ 0. */
export function exactRatio(numerator: bigint, denominator: bigint): number | null {
  if (denominator === 0n) return null;
  return Number((numerator << RATIO_BITS) / denominator) / 2 ** Number(RATIO_BITS);
}
