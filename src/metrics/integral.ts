import { assert } from "../core/assert.ts";
import { TICKS_PER_NANOSECOND } from "../core/time.ts";

/** Sums below this are kept in doubles. What has led to one was less than 8 times as much, so each step on the way was exact. */
const KEPT_BELOW = 2 ** 50;

/**
 * An exact sum of amount × time. It is gathered in two doubles that hold whole numbers, one for the nanoseconds and one for the ticks,
 * so that adding costs two multiplications; what outgrows them goes to a BigInt.
 */
export class Integral {
  #ns = 0;
  #ticks = 0;
  /** What was moved out of the two, in ticks. */
  #beyond = 0n;

  /**
   * Adds `amount` × (`ns` nanoseconds and `ticks` ticks), safe integers of any sign; and `moreNs` and `moreTicks`, which are less than
   * 6·2^50 in size.
   */
  add(amount: number, ns: number, ticks: number, moreNs: number, moreTicks: number): void {
    const sumNs = this.#ns + (amount * ns + moreNs);
    const sumTicks = this.#ticks + (amount * ticks + moreTicks);
    if (Math.abs(sumNs) < KEPT_BELOW && Math.abs(sumTicks) < KEPT_BELOW) {
      this.#ns = sumNs;
      this.#ticks = sumTicks;
    } else this.#addLarge(amount, ns, ticks, moreNs, moreTicks);
  }

  /** Adds `amount` × `ns` nanoseconds. */
  addNs(amount: number, ns: number): void {
    const sum = this.#ns + amount * ns;
    if (Math.abs(sum) < KEPT_BELOW) this.#ns = sum;
    else this.#addLarge(amount, ns, 0, 0, 0);
  }

  /** Becomes a copy of `other`. */
  copy(other: Integral): void {
    this.#ns = other.#ns;
    this.#ticks = other.#ticks;
    this.#beyond = other.#beyond;
  }

  /** In amount × ticks. */
  total(): bigint {
    return this.#beyond + inTicks(BigInt(this.#ns), BigInt(this.#ticks));
  }

  #addLarge(amount: number, ns: number, ticks: number, moreNs: number, moreTicks: number): void {
    const areExact = [amount, ns, ticks, moreNs, moreTicks].every(Number.isSafeInteger);
    assert(areExact, "an integral is not exact");
    const times = (duration: number) => BigInt(amount) * BigInt(duration);
    const added = inTicks(times(ns) + BigInt(moreNs), times(ticks) + BigInt(moreTicks));
    this.#beyond = this.total() + added;
    this.#ns = 0;
    this.#ticks = 0;
  }
}

function inTicks(ns: bigint, ticks: bigint): bigint {
  return ns * BigInt(TICKS_PER_NANOSECOND) + ticks;
}

/** So many integrals, all 0. */
export function newIntegrals(columns: number): readonly Integral[] {
  return Array.from({ length: columns }, () => new Integral());
}

/** Makes each of `copies` a copy of its counterpart. */
export function copyIntegrals(copies: readonly Integral[], originals: readonly Integral[]): void {
  for (let column = 0; column < copies.length; column += 1)
    copies[column]!.copy(originals[column]!);
}
