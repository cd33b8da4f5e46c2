import { DueRows } from "./due-rows";

/**
 * The requests that decode, by handle, a row for those that open their blocks at the same ticks, in order of admission. What their places
 * in that order are is written elsewhere, by handle.
 */
@final
export class Openers extends DueRows {
  constructor(period: i32) {
    super(period, period);
  }

  /** Newcomers are looked for a place from the end, where they nearly always belong. */
  insert(row: i32, handle: i32, orders: StaticArray<i32>): void {
    const count = this.length(row);
    this.reserve(row, count + 1);
    const column = this.column;
    const from = this.start(row);
    const order = orders[handle];
    let place = from + count;
    for (; place > from && orders[column[place - 1]] > order; place -= 1)
      column[place] = column[place - 1];
    column[place] = handle;
    this.setLength(row, count + 1);
  }

  /** The place of the first one of a row admitted after `order`; behind the last without one. */
  placeAfter(row: i32, order: i32, orders: StaticArray<i32>): i32 {
    const column = this.column;
    let place = this.start(row);
    const end = this.end(row);
    while (place < end && orders[column[place]] <= order) place += 1;
    return place;
  }
}
