import { assert } from "../../core/assert.ts";
import { enlargedIntegers } from "../../core/columns.ts";

const FIRST_CAPACITY = 8;

/**
 * Requests that open their blocks at the same ticks, in order of admission: in a column, so that a loop over all of them is a short one.
 * What their places in that order are is written elsewhere, by handle.
 */
export class Openers {
  count = 0;
  /** Only the first {@link count} count. */
  handles = new Int32Array(FIRST_CAPACITY);

  /** Newcomers are looked for a place from the end, where they nearly always belong. */
  insert(handle: number, orders: Float64Array): void {
    if (this.count === this.handles.length)
      this.handles = enlargedIntegers(this.handles, 2 * this.count);
    const { handles } = this;
    const order = orders[handle]!;
    let place = this.count;
    for (; place > 0 && orders[handles[place - 1]!]! > order; place -= 1)
      handles[place] = handles[place - 1]!;
    handles[place] = handle;
    this.count += 1;
  }

  /** O(count). */
  remove(handle: number): void {
    const { handles } = this;
    const last = this.count - 1;
    let place = 0;
    while (place < last && handles[place] !== handle) place += 1;
    assert(handles[place] === handle, "who opens no blocks here is taken out");
    for (; place < last; place += 1) handles[place] = handles[place + 1]!;
    this.count = last;
  }

  /** The place of the first one admitted after `order`; {@link count} without one. */
  placeAfter(order: number, orders: Float64Array): number {
    let place = 0;
    while (place < this.count && orders[this.handles[place]!]! <= order) place += 1;
    return place;
  }

  /** Calls with each of them, in order. */
  forEach(visit: (handle: number) => void): void {
    for (let place = 0; place < this.count; place += 1) visit(this.handles[place]!);
  }
}
