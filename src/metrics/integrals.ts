import { assert } from "../core/assert.ts";
import { TICKS_PER_NANOSECOND } from "../core/time.ts";

/** Each sum has two limbs: high · 2^52 + low, |low| < 2^52. */
const LIMB = 2 ** 52;
const LIMB_BITS = 52n;

/** Limbs of a column: those of its nanoseconds, then of its ticks. */
const TICKS = 2;
const LIMBS = 4;

/**
 * Exact sums of amount × time, one a column, to 2^104. Nothing but doubles that hold integers: adding costs a multiplication, and all columns are
 * copied in one go, so that the integrals of any instant can be kept.
 */
export class Integrals {
  readonly columns: number;
  readonly #limbs: Float64Array;

  constructor(columns: number) {
    this.columns = columns;
    this.#limbs = new Float64Array(columns * LIMBS);
  }

  /** Adds `amount` × `ns` nanoseconds to a column; both are safe integers, of any sign. */
  addNs(column: number, amount: number, ns: number): void {
    this.#add(column * LIMBS, amount, ns);
  }

  /** Adds `amount` × (`ns` nanoseconds and `ticks` ticks) to a column. */
  addTime(column: number, amount: number, ns: number, ticks: number): void {
    this.#add(column * LIMBS, amount, ns);
    this.#add(column * LIMBS + TICKS, amount, ticks);
  }

  /** Adds to each column its amount × (`ns` nanoseconds and `ticks` ticks); amounts as in {@link addNs}, `ns` and `ticks` ≥ 0. */
  addTimes(amounts: Float64Array, ns: number, ticks: number): void {
    const limbs = this.#limbs;
    for (let column = 0, at = 0; column < amounts.length; column += 1, at += LIMBS) {
      const amount = amounts[column]!;
      if (amount === 0) continue;
      const low = limbs[at]! + amount * ns;
      const lowTicks = limbs[at + TICKS]! + amount * ticks;
      // Two amounts below 2^52 have an exact sum; one that is not is left to those who carry.
      if (low < LIMB && low > -LIMB && lowTicks < LIMB && lowTicks > -LIMB) {
        limbs[at] = low;
        limbs[at + TICKS] = lowTicks;
      } else this.addTime(column, amount, ns, ticks);
    }
  }

  copyFrom(other: Integrals): void {
    const limbs = other.#limbs;
    for (let limb = 0; limb < limbs.length; limb += 1) this.#limbs[limb] = limbs[limb]!;
  }

  /** A column in amount × ticks. */
  total(column: number): bigint {
    const at = column * LIMBS;
    return this.#sum(at) * BigInt(TICKS_PER_NANOSECOND) + this.#sum(at + TICKS);
  }

  #sum(at: number): bigint {
    return (BigInt(this.#limbs[at + 1]!) << LIMB_BITS) + BigInt(this.#limbs[at]!);
  }

  #add(at: number, a: number, b: number): void {
    const product = a * b;
    if (product >= LIMB || product <= -LIMB) return this.#addLarge(at, a, b);
    const low = this.#limbs[at]! + product;
    if (low >= LIMB) {
      this.#limbs[at] = low - LIMB;
      this.#limbs[at + 1]! += 1;
    } else if (low <= -LIMB) {
      this.#limbs[at] = low + LIMB;
      this.#limbs[at + 1]! -= 1;
    } else this.#limbs[at] = low;
  }

  /** Spans of hours in which nothing changes, and the like. */
  #addLarge(at: number, a: number, b: number): void {
    assert(Number.isSafeInteger(a) && Number.isSafeInteger(b), "an integral is not exact");
    const sum = this.#sum(at) + BigInt(a) * BigInt(b);
    const high = sum >> LIMB_BITS;
    this.#limbs[at + 1] = Number(high);
    this.#limbs[at] = Number(sum - (high << LIMB_BITS));
  }
}
