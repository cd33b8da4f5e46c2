import { assert } from "../core/assert.ts";
import { enlargedIntegers, enlargedNumbers } from "../core/columns.ts";
import type { SequenceGroup, Slots } from "../request.ts";

const FIRST_CAPACITY = 8;

/**
 * Sequences that need room at the same ticks: by the arrival of their groups, in a group as it has them. In columns, so that one loop
 * over neighbours in memory serves all.
 */
export class DueSequences {
  /** Only the first {@link count} count. */
  sequences = new Int32Array(FIRST_CAPACITY);
  count = 0;
  /** The tick of each one's last token. */
  #lastTicks = new Float64Array(FIRST_CAPACITY);
  /** The first of those ticks, or an earlier one. */
  #firstLastTick = Number.MAX_SAFE_INTEGER;
  /** The request that each belongs to, and its row in the running set. */
  #requests = new Float64Array(FIRST_CAPACITY);
  #rows = new Int32Array(FIRST_CAPACITY);

  /** Puts in a group; newcomers are looked for a place from the end, where they nearly always belong. */
  insert(group: SequenceGroup): void {
    const { id, live, row } = group;
    while (this.count + live > this.sequences.length) this.#enlarge();
    let place = this.count;
    for (; place > 0 && this.#requests[place - 1]! > id; place -= 1)
      this.#copy(place - 1, place - 1 + live);
    const firstTick = group.finishTick - group.shortestOutput;
    for (let index = 0; index < live; index += 1) {
      this.sequences[place + index] = group.sequences[index]!;
      const lastTick = firstTick + group.outputs[index]!;
      this.#lastTicks[place + index] = lastTick;
      if (lastTick < this.#firstLastTick) this.#firstLastTick = lastTick;
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

  /** Of `slots` that each is given at `tick`, how many will never be written: who has fewer tokens to write does not need all of it. */
  unneeded(tick: number, slots: Slots): Slots {
    const allNeededFrom = tick + slots - 1;
    if (this.#firstLastTick >= allNeededFrom) return 0;
    const lastTicks = this.#lastTicks;
    let first = Number.MAX_SAFE_INTEGER;
    let unneeded = 0;
    for (let at = 0; at < this.count; at += 1) {
      const lastTick = lastTicks[at]!;
      if (lastTick < allNeededFrom) unneeded += allNeededFrom - lastTick;
      if (lastTick < first) first = lastTick;
    }
    this.#firstLastTick = first;
    return unneeded;
  }

  #copy(from: number, to: number): void {
    this.sequences[to] = this.sequences[from]!;
    this.#lastTicks[to] = this.#lastTicks[from]!;
    this.#requests[to] = this.#requests[from]!;
    this.#rows[to] = this.#rows[from]!;
  }

  #enlarge(): void {
    const length = 2 * this.sequences.length;
    this.sequences = enlargedIntegers(this.sequences, length);
    this.#lastTicks = enlargedNumbers(this.#lastTicks, length);
    this.#requests = enlargedNumbers(this.#requests, length);
    this.#rows = enlargedIntegers(this.#rows, length);
  }
}
