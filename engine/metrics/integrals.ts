/** What a double holds when more is added stays below this. */
const KEPT_BITS: i64 = 50;
const KEPT: f64 = 1125899906842624; // 2^50

/** What may be added to it before it is looked at again, and once more in between: sums stay below 2^53, where they are exact. */
export const ROOM: f64 = 2251799813685248; // 2^51

/** Whole numbers up to this are exact. */
const EXACT: f64 = 9007199254740991; // 2^53 − 1

/** The last double below 2^63: products up to there are those of integers, too. */
const LARGEST_PRODUCT: f64 = 1024 * EXACT;

/**
 * Exact sums of amount × time, one a column: each in two doubles that hold whole numbers, one for the nanoseconds and one for the
 * ticks, and two more for what was carried out of them.
 */
@final
export class Integrals {
  readonly columns: i32;
  /** The nanoseconds of all columns, and behind them the ticks. */
  readonly sums: StaticArray<f64>;
  /** What was carried out of them, in units of {@link KEPT}. */
  readonly carried: StaticArray<f64>;

  constructor(columns: i32) {
    this.columns = columns;
    this.sums = new StaticArray<f64>(2 * columns);
    this.carried = new StaticArray<f64>(2 * columns);
  }

  /** Adds to one of the columns that are in `sums`, which has room: whoever adds to several has taken it out of its object. */
  @inline
  static add(sums: StaticArray<f64>, columns: i32, column: i32, ns: f64, ticks: f64): void {
    sums[column] += ns;
    sums[columns + column] += ticks;
  }

  /** Adds whole nanoseconds, below {@link KEPT} in all, to a column. */
  @inline
  addNs(column: i32, ns: f64): void {
    const sum = this.sums[column] + ns;
    this.sums[column] = sum;
    if (abs(sum) >= KEPT) this.carry(column);
  }

  /** Adds `amount` × `ns`, a product below 2^63. */
  addProduct(column: i32, amount: f64, ns: f64): void {
    assert(abs(amount * ns) <= LARGEST_PRODUCT, "an integral is not exact");
    const product = <i64>amount * <i64>ns;
    const units = product >> KEPT_BITS;
    this.carried[column] += <f64>units;
    this.addNs(column, <f64>(product - (units << KEPT_BITS)));
  }

  /** Adds `amount` × (`ns` nanoseconds and `ticks` ticks), which others need not have room for. */
  addAgain(column: i32, amount: f64, ns: f64, ticks: f64): void {
    this.addProduct(column, amount, ns);
    this.addProduct(this.columns + column, amount, ticks);
  }

  /** Adds all that others hold. */
  addAll(others: Integrals): void {
    for (let place = 0; place < this.sums.length; place += 1) {
      this.sums[place] += others.sums[place];
      this.carried[place] += others.carried[place];
      if (abs(this.sums[place]) >= KEPT) this.carry(place);
    }
  }

  /** Carries what has grown large out of the sums, which have {@link ROOM} then. */
  makeRoom(): void {
    for (let place = 0; place < this.sums.length; place += 1)
      if (abs(this.sums[place]) >= KEPT) this.carry(place);
  }

  /** Becomes a copy of `other`. */
  copy(other: Integrals): void {
    const bytes = (<usize>this.sums.length) << 3;
    memory.copy(changetype<usize>(this.sums), changetype<usize>(other.sums), bytes);
    memory.copy(changetype<usize>(this.carried), changetype<usize>(other.carried), bytes);
  }

  /** Begins again with nothing. */
  clear(): void {
    this.sums.fill(0);
    this.carried.fill(0);
  }

  private carry(place: i32): void {
    const sum = this.sums[place];
    assert(abs(sum) <= EXACT, "an integral is not exact");
    const units = nearest(sum / KEPT);
    this.carried[place] += units;
    this.sums[place] = sum - units * KEPT;
  }
}
