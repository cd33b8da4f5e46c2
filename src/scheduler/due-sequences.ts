import { enlargedIntegers } from "../core/columns.ts";
import type { SequenceGroup, SequenceId } from "../request.ts";
import { DueRows } from "./due-rows.ts";

const FIRST_CAPACITY = 64;

/** The running sequences that need room at the same ticks, each row by the arrival of their groups, in a group as it has them. */
export class DueSequences extends DueRows {
  /** The running groups by row of the running set, and that of each sequence's. */
  private readonly groups: readonly (SequenceGroup | null)[];
  #rows = new Int32Array(FIRST_CAPACITY);
  /** The request that arrived last of all that ever came. */
  #newest = -1;

  constructor(period: number, rows: number, groups: readonly (SequenceGroup | null)[]) {
    super(period, rows);
    this.groups = groups;
  }

  /** Puts in a running group. */
  insert(row: number, group: SequenceGroup): void {
    const { id, live, sequences } = group;
    const count = this.length(row);
    this.reserve(row, count + live);
    const { column } = this;
    let place = this.end(row);
    if (id > this.#newest) this.#newest = id;
    else place = this.#moveLater(group, this.start(row), place);
    this.setLength(row, count + live);
    for (let index = 0; index < live; index += 1) {
      const sequence = sequences[index]!;
      column[place + index] = sequence;
      if (sequence >= this.#rows.length) this.#rows = enlargedIntegers(this.#rows, 2 * sequence);
      this.#rows[sequence] = group.row;
    }
  }

  /** The first group of a row that arrived after `request`; null without one. */
  firstAfter(row: number, request: number): SequenceGroup | null {
    const place = this.placeAfter(row, request);
    return place === this.end(row) ? null : this.groupOf(this.column[place]!);
  }

  /** Where the sequences begin of those of a row that arrived after `request`; behind all where nobody did. */
  placeAfter(row: number, request: number): number {
    const end = this.end(row);
    let place = this.start(row);
    while (place < end && this.groupOf(this.column[place]!).id <= request) place += 1;
    return place;
  }

  groupOf(sequence: SequenceId): SequenceGroup {
    return this.groups[this.#rows[sequence]!]!;
  }

  /** Makes room for a group before those that arrived later, all before place `until`; returns where it is. */
  #moveLater({ id, live }: SequenceGroup, from: number, until: number): number {
    const { column } = this;
    let place = until;
    for (; place > from && this.groupOf(column[place - 1]!).id > id; place -= 1)
      column[place - 1 + live] = column[place - 1]!;
    return place;
  }
}
