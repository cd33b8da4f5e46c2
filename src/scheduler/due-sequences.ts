import { assert } from "../core/assert.ts";
import { enlargedIntegers, enlargedNumbers } from "../core/columns.ts";
import type { Growth } from "../core/growth.ts";
import type { SequenceGroup, Slots } from "../request.ts";

const FIRST_CAPACITY = 8;

/**
 * Sequences that need room at the same ticks: by the arrival of their groups, in a group as it has them. In columns, so that one loop
 * over neighbours in memory serves all.
 */
export class DueSequences {
  count = 0;
  #sequences = new Int32Array(FIRST_CAPACITY);
  /** The tick of each one's last token. */
  #lastTicks = new Int32Array(FIRST_CAPACITY);
  /** The request that each belongs to, and its row in the running set. */
  #requests = new Float64Array(FIRST_CAPACITY);
  #rows = new Int32Array(FIRST_CAPACITY);

  /** Puts in a group; newcomers are looked for a place from the end, where they nearly always belong. */
  insert(group: SequenceGroup): void {
    const { id, live, row } = group;
    while (this.count + live > this.#sequences.length) this.#enlarge();
    let place = this.count;
    for (; place > 0 && this.#requests[place - 1]! > id; place -= 1)
      this.#copy(place - 1, place - 1 + live);
    const firstTick = group.finishTick - group.shortestOutput;
    for (let index = 0; index < live; index += 1) {
      this.#sequences[place + index] = group.sequences[index]!;
      this.#lastTicks[place + index] = firstTick + group.outputs[index]!;
      this.#requests[place + index] = id;
      this.#rows[place + index] = row;
    }
    this.count += live;
  }

  /** Takes out all that is here of a request, and returns how many sequences that was. O(count). */
  remove(request: number): number {
    const { count } = this;
    let from = 0;
    while (from < count && this.#requests[from] !== request) from += 1;
    let until = from;
    while (until < count && this.#requests[until] === request) until += 1;
    assert(from < until, "who is not due is taken out");
    for (let at = until; at < count; at += 1) this.#copy(at, at - until + from);
    this.count = count - (until - from);
    return until - from;
  }

  /** The row of the first group here that arrived after `request`; −1 without one. */
  firstAfter(request: number): number {
    for (let at = 0; at < this.count; at += 1)
      if (this.#requests[at]! > request) return this.#rows[at]!;
    return -1;
  }

  /** All are given `slots` at `tick`, which is a step of `growth`. Who has fewer tokens to write will not need all of it. */
  grow(growth: Growth, step: number, tick: number, slots: Slots): void {
    const { count } = this;
    const sequences = this.#sequences;
    const lastTicks = this.#lastTicks;
    const grown = growth.roomFor(count);
    const allNeededFrom = tick + slots - 1;
    const begin = growth.count;
    let unneeded = 0;
    for (let at = 0; at < count; at += 1) {
      grown[begin + at] = sequences[at]!;
      const spare = allNeededFrom - lastTicks[at]!;
      if (spare > 0) unneeded += spare;
    }
    growth.endStep(step, count, unneeded);
  }

  #copy(from: number, to: number): void {
    this.#sequences[to] = this.#sequences[from]!;
    this.#lastTicks[to] = this.#lastTicks[from]!;
    this.#requests[to] = this.#requests[from]!;
    this.#rows[to] = this.#rows[from]!;
  }

  #enlarge(): void {
    const length = 2 * this.#sequences.length;
    this.#sequences = enlargedIntegers(this.#sequences, length);
    this.#lastTicks = enlargedIntegers(this.#lastTicks, length);
    this.#requests = enlargedNumbers(this.#requests, length);
    this.#rows = enlargedIntegers(this.#rows, length);
  }
}
