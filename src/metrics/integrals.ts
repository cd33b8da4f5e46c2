import { assert } from "../core/assert.ts";
import { TICKS_PER_NANOSECOND } from "../core/time.ts";

/** What a double holds when more is added stays below this. */
const KEPT = 2 ** 50;

/** What may be added to it before it is looked at again, and once more in between: sums stay below 2^53, where they are exact. */
export const ROOM = 2 ** 51;

/**
 * Exact sums of amount × time, one a column. Each is gathered in two doubles that hold whole numbers, one for the nanoseconds and one
 * for the ticks; what outgrows them is carried to two more, and products as large as that go to a BigInt at once.
 */
export class Integrals {
  readonly columns: number;
  /** The nanoseconds of all columns, and behind them the ticks. Whoever adds here sees to it that sums stay below 2^53. */
  readonly sums: Float64Array;
  /** What was carried out of them, in units of {@link KEPT}. */
  private readonly carried: Float64Array;
  /** What was added beside them, in ticks. */
  private readonly large: bigint[];

  constructor(columns: number) {
    this.columns = columns;
    this.sums = new Float64Array(2 * columns);
    this.carried = new Float64Array(2 * columns);
    this.large = Array.from({ length: columns }, () => 0n);
  }

  /** Adds `amount` × (`ns` nanoseconds and `ticks` ticks), safe integers of any sign. */
  add(column: number, amount: number, ns: number, ticks: number): void {
    const nsAdded = amount * ns;
    const ticksAdded = amount * ticks;
    if (Math.abs(nsAdded) < KEPT && Math.abs(ticksAdded) < KEPT) {
      this.#gather(column, nsAdded);
      this.#gather(this.columns + column, ticksAdded);
    } else this.#addLarge(column, amount, ns, ticks);
  }

  /** Adds `amount` × `ns` nanoseconds. */
  addNs(column: number, amount: number, ns: number): void {
    const added = amount * ns;
    if (Math.abs(added) < KEPT) this.#gather(column, added);
    else this.#addLarge(column, amount, ns, 0);
  }

  /** Adds `others`, so many times. */
  addTimes(others: Integrals, times: number): void {
    for (let column = 0; column < this.columns; column += 1)
      this.large[column]! += others.total(column) * BigInt(times);
  }

  /** Carries what has grown large out of the doubles, which have {@link ROOM} then. */
  makeRoom(): void {
    for (let place = 0; place < this.sums.length; place += 1)
      if (Math.abs(this.sums[place]!) >= KEPT) this.#carry(place);
  }

  /** Becomes a copy of `other`. */
  copy(other: Integrals): void {
    this.sums.set(other.sums);
    this.carried.set(other.carried);
    for (let column = 0; column < this.columns; column += 1)
      this.large[column] = other.large[column]!;
  }

  /** Begins again with nothing. */
  clear(): void {
    this.sums.fill(0);
    this.carried.fill(0);
    this.large.fill(0n);
  }

  /** In amount × ticks. */
  total(column: number): bigint {
    const ns = this.#whole(column);
    return this.large[column]! + inTicks(ns, this.#whole(this.columns + column));
  }

  #gather(place: number, added: number): void {
    this.sums[place]! += added;
    if (Math.abs(this.sums[place]!) >= KEPT) this.#carry(place);
  }

  #carry(place: number): void {
    const sum = this.sums[place]!;
    requireExact(sum);
    const units = Math.round(sum / KEPT);
    this.carried[place]! += units;
    this.sums[place] = sum - units * KEPT;
  }

  #whole(place: number): bigint {
    return BigInt(this.carried[place]!) * BigInt(KEPT) + BigInt(this.sums[place]!);
  }

  #addLarge(column: number, amount: number, ns: number, ticks: number): void {
    requireExact(amount, ns, ticks);
    const times = BigInt(amount);
    this.large[column]! += inTicks(times * BigInt(ns), times * BigInt(ticks));
  }
}

function requireExact(...numbers: readonly number[]): void {
  assert(numbers.every(Number.isSafeInteger), "an integral is not exact");
}

function inTicks(ns: bigint, ticks: bigint): bigint {
  return ns * BigInt(TICKS_PER_NANOSECOND) + ticks;
}
