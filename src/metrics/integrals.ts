import { assert } from "../core/assert.ts";
import { TICKS_PER_NANOSECOND } from "../core/time.ts";

/** What a double holds when more is added stays below this. */
const KEPT = 2 ** 50;

/** What may be added to it before it is looked at again, and once more in between: sums stay below 2^53, where they are exact. */
export const ROOM = 2 ** 51;

/**
 * Exact sums of amount × time, one a column. Each is gathered in two doubles that hold whole numbers, one for the nanoseconds and one
 * for the ticks; what outgrows them goes to a BigInt.
 */
export class Integrals {
  readonly columns: number;
  /** The nanoseconds of all columns, and behind them the ticks. Whoever adds here sees to it that sums stay below 2^53. */
  readonly sums: Float64Array;
  /** What was moved out of the two, in ticks. */
  readonly #moved: bigint[];

  constructor(columns: number) {
    this.columns = columns;
    this.sums = new Float64Array(2 * columns);
    this.#moved = Array.from({ length: columns }, () => 0n);
  }

  /** Adds `amount` × (`ns` nanoseconds and `ticks` ticks), safe integers of any sign. */
  add(column: number, amount: number, ns: number, ticks: number): void {
    const sumNs = this.sums[column]! + amount * ns;
    const sumTicks = this.sums[this.columns + column]! + amount * ticks;
    if (Math.abs(sumNs) < KEPT && Math.abs(sumTicks) < KEPT) {
      this.sums[column] = sumNs;
      this.sums[this.columns + column] = sumTicks;
    } else this.#addLarge(column, amount, ns, ticks);
  }

  /** Adds `amount` × `ns` nanoseconds. */
  addNs(column: number, amount: number, ns: number): void {
    const sum = this.sums[column]! + amount * ns;
    if (Math.abs(sum) < KEPT) this.sums[column] = sum;
    else this.#addLarge(column, amount, ns, 0);
  }

  /** Adds `others`, so many times. */
  addTimes(others: Integrals, times: number): void {
    for (let column = 0; column < this.columns; column += 1)
      this.#moved[column]! += others.total(column) * BigInt(times);
  }

  /** Moves what has grown large out of the doubles, which have {@link ROOM} then. */
  makeRoom(): void {
    for (let column = 0; column < this.columns; column += 1)
      if (Math.max(Math.abs(this.#ns(column)), Math.abs(this.#ticks(column))) >= KEPT)
        this.#move(column);
  }

  /** Becomes a copy of `other`. */
  copy(other: Integrals): void {
    this.sums.set(other.sums);
    for (let column = 0; column < this.columns; column += 1)
      this.#moved[column] = other.#moved[column]!;
  }

  /** In amount × ticks. */
  total(column: number): bigint {
    return this.#moved[column]! + inTicks(BigInt(this.#ns(column)), BigInt(this.#ticks(column)));
  }

  #ns(column: number): number {
    return this.sums[column]!;
  }

  #ticks(column: number): number {
    return this.sums[this.columns + column]!;
  }

  #move(column: number): void {
    requireExact(this.#ns(column), this.#ticks(column));
    this.#moved[column] = this.total(column);
    this.sums[column] = 0;
    this.sums[this.columns + column] = 0;
  }

  #addLarge(column: number, amount: number, ns: number, ticks: number): void {
    requireExact(amount, ns, ticks);
    this.#move(column);
    const times = BigInt(amount);
    this.#moved[column]! += inTicks(times * BigInt(ns), times * BigInt(ticks));
  }
}

function requireExact(...numbers: readonly number[]): void {
  assert(numbers.every(Number.isSafeInteger), "an integral is not exact");
}

function inTicks(ns: bigint, ticks: bigint): bigint {
  return ns * BigInt(TICKS_PER_NANOSECOND) + ticks;
}
