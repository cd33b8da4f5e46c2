import { BITS, COUNT, EVICTED, FROM, Growth, STEP } from "../../core/growth";
import { Rows } from "../../core/rows";

/**
 * Who needs room at the same ticks, a row for each tick of a period: row r at those that leave r when divided by the period. Who is given
 * room needs more a period later, so that a row is served as a whole again and again.
 */
export class DueRows extends Rows {
  private readonly period: i32;

  /** There may be rows behind those of the period, `rows` in all, of which nobody is due. */
  constructor(period: i32, rows: i32) {
    super();
    this.period = period;
    this.reserve(rows - 1, 0);
  }

  /** The row that is due at a tick. */
  @inline
  rowAt(tick: i32): i32 {
    return tick % this.period;
  }

  /** How many are due at a tick. */
  @inline
  dueAt(tick: i32): i32 {
    return this.length(this.rowAt(tick));
  }

  /** Takes out `count` neighbours of a row, from `first` on. O(row). */
  remove(row: i32, first: i32, count: i32): void {
    const column = this.column;
    const end = this.end(row);
    let place = this.start(row);
    while (place < end && column[place] !== first) place += 1;
    assert(place < end, "who is not due is taken out");
    this.setLength(row, this.length(row) - count);
    for (place += count; place < end; place += 1) column[place - count] = column[place];
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `rooms` would have been needed, by `size` in all who are in rows. */
  ticksWithin(rooms: i32, from: i32, ticks: i32, size: i32): i32 {
    const period = this.period;
    if (((ticks + period - 1) / period) * size <= rooms) return ticks;
    const column = this.column;
    const stride = this.stride;
    const beyond = period * stride;
    let row = this.rowAt(from) * stride;
    let left = rooms;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= column[row];
      if (left < 0) return passed;
      row += stride;
      if (row === beyond) row = 0;
    }
    return ticks;
  }

  /** Adds to `growth` a run for each row that is due at the ticks from `from` to before `until`; `from` is its step `firstStep`. */
  gather(growth: Growth, from: i32, until: i32, firstStep: i32): void {
    const steps = until - from;
    const period = this.period;
    growth.makeRoom(steps);
    const first = growth.count;
    this.gatherPeriod(growth, from, steps, firstStep);
    if (steps > period) growth.repeat(first, period, firstStep + steps);
  }

  /** The same for at most as many steps as a period has. */
  private gatherPeriod(growth: Growth, from: i32, steps: i32, firstStep: i32): void {
    const runs = growth.runs;
    const column = this.column;
    const stride = this.stride;
    const period = this.period;
    const beyond = period * stride;
    const last = firstStep + min(steps, period);
    let row = this.rowAt(from) * stride;
    let end = growth.count << BITS;
    for (let step = firstStep; step < last; step += 1) {
      const count = column[row];
      if (count > 0) {
        runs[end + STEP] = step;
        runs[end + COUNT] = count;
        runs[end + EVICTED] = 0;
        runs[end + FROM] = row + 1;
        end += 1 << BITS;
      }
      row += stride;
      if (row === beyond) row = 0;
    }
    growth.count = end >> BITS;
  }
}
