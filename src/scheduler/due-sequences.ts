import { fail } from "../core/assert.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { SequenceGroup, SequenceId } from "../request.ts";

const FIRST_STRIDE = 8;
const FIRST_CAPACITY = 64;

/**
 * Lists of running sequences, each by the arrival of their groups, in a group as it has them. All lists lie in one column, so that
 * whoever serves a list goes over neighbours in memory.
 */
export class DueSequences {
  /** List l lies from place l × {@link stride} on: how many sequences it has, and then the sequences. */
  column: Int32Array;
  stride = FIRST_STRIDE;
  /** The running groups by row, and the row of each sequence's. */
  readonly #groups: readonly (SequenceGroup | null)[];
  #rows = new Int32Array(FIRST_CAPACITY);
  /** The request that arrived last of all that ever came. */
  #newest = -1;

  constructor(lists: number, groups: readonly (SequenceGroup | null)[]) {
    this.#groups = groups;
    this.column = new Int32Array(lists * FIRST_STRIDE);
  }

  /** Sequences in a list. */
  count(list: number): number {
    return this.column[list * this.stride]!;
  }

  /** Puts in a running group. */
  insert(list: number, group: SequenceGroup): void {
    const { column, stride } = this;
    const { id, live, sequences } = group;
    const from = list * stride;
    const count = column[from]!;
    if (count + live >= stride) {
      this.#widen();
      return this.insert(list, group);
    }
    let place = from + 1 + count;
    if (id > this.#newest) this.#newest = id;
    else place = this.#moveLater(group, from + 1, place);
    column[from] = count + live;
    for (let index = 0; index < live; index += 1) {
      const sequence = sequences[index]!;
      column[place + index] = sequence;
      if (sequence >= this.#rows.length) this.#rows = enlargedIntegers(this.#rows, 2 * sequence);
      this.#rows[sequence] = group.row;
    }
  }

  /** Takes out a group: the `count` sequences from `first` on that it came with. O(list). */
  remove(list: number, first: SequenceId, count: number): void {
    const { column } = this;
    const from = list * this.stride;
    const until = from + 1 + column[from]!;
    let place = from + 1;
    while (place < until && column[place] !== first) place += 1;
    if (place === until) fail("who is not due is taken out");
    column[from]! -= count;
    for (place += count; place < until; place += 1) column[place - count] = column[place]!;
  }

  /** The first group of a list that arrived after `request`; null without one. */
  firstAfter(list: number, request: number): SequenceGroup | null {
    const place = this.placeAfter(list, request);
    return place === this.#end(list) ? null : this.groupOf(this.column[place]!);
  }

  /** Where the sequences begin of those of a list that arrived after `request`; behind all where nobody did. */
  placeAfter(list: number, request: number): number {
    const end = this.#end(list);
    let place = list * this.stride + 1;
    while (place < end && this.groupOf(this.column[place]!).id <= request) place += 1;
    return place;
  }

  groupOf(sequence: SequenceId): SequenceGroup {
    return this.#groups[this.#rows[sequence]!]!;
  }

  /** Makes room for a group before those that arrived later, all before place `until`; returns where it is. */
  #moveLater({ id, live }: SequenceGroup, from: number, until: number): number {
    const { column } = this;
    let place = until;
    for (; place > from && this.groupOf(column[place - 1]!).id > id; place -= 1)
      column[place - 1 + live] = column[place - 1]!;
    return place;
  }

  /** The place behind a list's last sequence. */
  #end(list: number): number {
    return list * this.stride + 1 + this.count(list);
  }

  #widen(): void {
    const lists = this.column.length / this.stride;
    const stride = 2 * this.stride;
    const wider = new Int32Array(lists * stride);
    for (let list = 0; list < lists; list += 1) {
      const from = list * this.stride;
      wider.set(this.column.subarray(from, from + 1 + this.count(list)), list * stride);
    }
    this.column = wider;
    this.stride = stride;
  }
}
