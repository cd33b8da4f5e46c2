import { assert } from "../../core/assert.ts";
import { enlargedIntegers, enlargedNumbers } from "../../core/columns.ts";

const FIRST_CAPACITY = 8;

/** Requests that open their blocks at the same ticks, in order of admission: in columns, so that a loop over all of them is a short one. */
export class Openers {
  count = 0;
  /** Only the first {@link count} entries of each column count. */
  handles = new Int32Array(FIRST_CAPACITY);
  /** Places in the order of admission. */
  orders = new Float64Array(FIRST_CAPACITY);

  /** Newcomers are looked for a place from the end, where they nearly always belong. */
  insert(handle: number, order: number): void {
    if (this.count === this.handles.length) this.#enlarge();
    const { handles, orders } = this;
    let place = this.count;
    for (; place > 0 && orders[place - 1]! > order; place -= 1) {
      handles[place] = handles[place - 1]!;
      orders[place] = orders[place - 1]!;
    }
    handles[place] = handle;
    orders[place] = order;
    this.count += 1;
  }

  /** O(count). */
  remove(handle: number): void {
    const { handles, orders } = this;
    const last = this.count - 1;
    let place = 0;
    while (place < last && handles[place] !== handle) place += 1;
    assert(handles[place] === handle, "who opens no blocks here is taken out");
    for (; place < last; place += 1) {
      handles[place] = handles[place + 1]!;
      orders[place] = orders[place + 1]!;
    }
    this.count = last;
  }

  /** The place of the first one admitted after `order`; {@link count} without one. */
  placeAfter(order: number): number {
    let place = 0;
    while (place < this.count && this.orders[place]! <= order) place += 1;
    return place;
  }

  /** Calls with each of them, in order. */
  forEach(visit: (handle: number) => void): void {
    for (let place = 0; place < this.count; place += 1) visit(this.handles[place]!);
  }

  #enlarge(): void {
    const length = 2 * this.count;
    this.handles = enlargedIntegers(this.handles, length);
    this.orders = enlargedNumbers(this.orders, length);
  }
}
