import { fail } from "../core/assert.ts";
import { type Growth, RUN } from "../core/growth.ts";
import { Rows } from "../core/rows.ts";

const { STEP, COUNT, EVICTED, FROM, BITS } = RUN;

/**
 * Who needs room at the same ticks, a row for each tick of a period: row r at those that leave r when divided by the period. Who is given
 * room needs more a period later, so that a row is served as a whole again and again.
 */
export class DueRows extends Rows {
  private readonly period: number;

  /** There may be rows behind those of the period, `rows` in all, of which nobody is due. */
  constructor(period: number, rows: number = period) {
    super();
    this.period = period;
    this.reserve(rows - 1, 0);
  }

  /** The row that is due at a tick. */
  rowAt(tick: number): number {
    return tick % this.period;
  }

  /** How many are due at a tick. */
  dueAt(tick: number): number {
    return this.length(this.rowAt(tick));
  }

  /** Takes out `count` neighbours of a row, from `first` on. O(row). */
  remove(row: number, first: number, count: number): void {
    const { column } = this;
    const end = this.end(row);
    let place = this.start(row);
    while (place < end && column[place] !== first) place += 1;
    if (place === end) fail("who is not due is taken out");
    this.setLength(row, this.length(row) - count);
    for (place += count; place < end; place += 1) column[place - count] = column[place]!;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `rooms` would have been needed, by `size` in all who are in rows. */
  ticksWithin(rooms: number, from: number, ticks: number, size: number): number {
    if (Math.ceil(ticks / this.period) * size <= rooms) return ticks;
    let left = rooms;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= this.dueAt(from + passed);
      if (left < 0) return passed;
    }
    return ticks;
  }

  /** Adds to `growth` a run for each row that is due at the ticks from `from` to before `until`; `from` is its step `firstStep`. */
  gather(growth: Growth, from: number, until: number, firstStep: number): void {
    const steps = until - from;
    growth.makeRoom(steps);
    const first = growth.count;
    this.#gatherPeriod(growth, from, steps, firstStep);
    if (steps <= this.period) return;
    const { runs } = growth;
    const period = this.period | 0;
    const beyond = (firstStep + steps) | 0;
    let end = growth.count << BITS;
    for (let before = first << BITS; before < end; before = (before + (1 << BITS)) | 0) {
      const step = (runs[before | STEP]! + period) | 0;
      if (step >= beyond) break;
      runs[end | STEP] = step;
      runs[end | COUNT] = runs[before | COUNT]!;
      runs[end | EVICTED] = 0;
      runs[end | FROM] = runs[before | FROM]!;
      end = (end + (1 << BITS)) | 0;
    }
    growth.count = end >> BITS;
  }

  /** The same for at most as many steps as a period has. */
  #gatherPeriod(growth: Growth, from: number, steps: number, firstStep: number): void {
    const { runs } = growth;
    const { column } = this;
    const stride = this.stride | 0;
    const period = this.period | 0;
    const beyond = Math.imul(period, stride);
    const last = (firstStep + (steps < period ? steps : period)) | 0;
    let row = Math.imul(this.rowAt(from), stride);
    let end = growth.count << BITS;
    for (let step = firstStep | 0; step < last; step = (step + 1) | 0) {
      const count = column[row]!;
      if (count > 0) {
        runs[end | STEP] = step;
        runs[end | COUNT] = count;
        runs[end | EVICTED] = 0;
        runs[end | FROM] = row + 1;
        end = (end + (1 << BITS)) | 0;
      }
      row = (row + stride) | 0;
      if (row === beyond) row = 0;
    }
    growth.count = end >> BITS;
  }
}
