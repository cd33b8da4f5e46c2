import { assert } from "../core/assert.ts";
import { enlargedIntegers, enlargedNumbers } from "../core/columns.ts";
import type { SequenceGroup } from "../request.ts";

const FIRST_STRIDE = 8;
const FIRST_CAPACITY = 64;

/**
 * Lists of running sequences, each by the arrival of their groups, in a group as it has them. All lists lie in one column, so that
 * whoever serves a list goes over neighbours in memory.
 */
export class DueSequences {
  /** Sequences in each list. */
  readonly counts: Int32Array;
  /** List l has its sequences from l × stride on. */
  stride = FIRST_STRIDE;
  sequences: Int32Array<ArrayBuffer>;
  /** By sequence: the request that it belongs to, and its group's row in the running set. */
  #requests = new Float64Array(FIRST_CAPACITY);
  #rows = new Int32Array(FIRST_CAPACITY);

  constructor(lists: number) {
    this.counts = new Int32Array(lists);
    this.sequences = new Int32Array(lists * FIRST_STRIDE);
  }

  /** Puts in a group; newcomers are looked for a place from the end, where they nearly always belong. */
  insert(list: number, { id, live, row, sequences }: SequenceGroup): void {
    const count = this.counts[list]!;
    while (count + live > this.stride) this.#widen();
    const column = this.sequences;
    const from = list * this.stride;
    let place = from + count;
    for (; place > from && this.#requests[column[place - 1]!]! > id; place -= 1)
      column[place - 1 + live] = column[place - 1]!;
    for (let index = 0; index < live; index += 1) {
      const sequence = sequences[index]!;
      while (sequence >= this.#rows.length) this.#enlarge();
      column[place + index] = sequence;
      this.#requests[sequence] = id;
      this.#rows[sequence] = row;
    }
    this.counts[list] = count + live;
  }

  /** Takes out all that a list has of a request, and returns how many sequences that was. O(list). */
  remove(list: number, request: number): number {
    const column = this.sequences;
    const requests = this.#requests;
    const start = list * this.stride;
    const end = start + this.counts[list]!;
    let from = start;
    while (from < end && requests[column[from]!] !== request) from += 1;
    let until = from;
    while (until < end && requests[column[until]!] === request) until += 1;
    assert(from < until, "who is not due is taken out");
    const removed = until - from;
    for (; until < end; until += 1) column[until - removed] = column[until]!;
    this.counts[list]! -= removed;
    return removed;
  }

  /** The row of the first group of a list that arrived after `request`; −1 without one. */
  firstAfter(list: number, request: number): number {
    const from = list * this.stride;
    for (let at = from; at < from + this.counts[list]!; at += 1) {
      const sequence = this.sequences[at]!;
      if (this.#requests[sequence]! > request) return this.#rows[sequence]!;
    }
    return -1;
  }

  #widen(): void {
    const stride = 2 * this.stride;
    const wider = new Int32Array(this.counts.length * stride);
    for (const [list, count] of this.counts.entries()) {
      const from = list * this.stride;
      wider.set(this.sequences.subarray(from, from + count), list * stride);
    }
    this.sequences = wider;
    this.stride = stride;
  }

  #enlarge(): void {
    const length = 2 * this.#rows.length;
    this.#requests = enlargedNumbers(this.#requests, length);
    this.#rows = enlargedIntegers(this.#rows, length);
  }
}
