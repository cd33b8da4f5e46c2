import type { Growth } from "../core/growth.ts";
import { OrderedLists } from "../core/ordered-lists.ts";
import type { SequenceGroup, Slots, Tokens } from "../request.ts";

/**
 * Who of the running groups needs room when. All write a token each tick, so one that is given `growthSlots` at a time is due at every
 * tick of one residue class, and a class grows as a whole: nobody is looked up between. Who shares the block it writes next stands
 * apart until the allocator has been asked.
 */
export class GrowingRows {
  readonly #growthSlots: Slots;
  readonly #groups: readonly (SequenceGroup | null)[];
  /** By tick modulo growthSlots. */
  readonly #due: OrderedLists;
  /** In one list: who must be asked for. */
  readonly #asking = new OrderedLists(1);
  /** Sequences of each residue class, and of all. */
  readonly #dueSequences: Int32Array;
  #sequences = 0;
  /** By row, while it is in a list: unfinished sequences, the first of them, and for a single one the tick of its last token. */
  readonly #live: number[] = [];
  readonly #firstSequence: number[] = [];
  readonly #lastTick: number[] = [];

  constructor(growthSlots: Slots, groups: readonly (SequenceGroup | null)[]) {
    this.#growthSlots = growthSlots;
    this.#groups = groups;
    this.#due = new OrderedLists(growthSlots);
    this.#dueSequences = new Int32Array(growthSlots);
  }

  /** A group begins to run, `written` tokens in each sequence, with room for `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    if (this.#growthSlots === 0) return;
    const mustAsk = roomTokens <= written && written % this.#growthSlots !== 0;
    if (mustAsk) this.#asking.insert(0, group.row, group.id);
    else this.#insert(group, this.#residue(roomTokens - group.writtenBase));
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: SequenceGroup, roomTokens: Tokens): boolean {
    if (this.#asking.listOf(group.row) < 0) return false;
    this.#asking.remove(group.row);
    this.#insert(group, this.#residue(roomTokens - group.writtenBase));
    return true;
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: SequenceGroup): void {
    const list = this.#due.listOf(group.row);
    if (list < 0) return;
    this.remove(group);
    this.#insert(group, list);
  }

  remove({ row }: SequenceGroup): void {
    this.#asking.remove(row);
    const list = this.#due.listOf(row);
    if (list < 0) return;
    this.#due.remove(row);
    this.#dueSequences[list]! -= this.#live[row]!;
    this.#sequences -= this.#live[row]!;
  }

  /** Sequences that need room before the token of a tick; Infinity if somebody must be asked for. */
  dueAt(tick: number): number {
    if (this.#growthSlots === 0) return 0;
    if (this.#asking.first(0) >= 0) return Number.POSITIVE_INFINITY;
    return this.#dueSequences[tick % this.#growthSlots]!;
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: number, tick: number): SequenceGroup | null {
    if (this.#growthSlots === 0) return null;
    const due = this.#groupAt(this.#due.firstAbove(tick % this.#growthSlots, id));
    const asking = this.#groupAt(this.#asking.firstAbove(0, id));
    if (due === null || asking === null) return due ?? asking;
    return due.id < asking.id ? due : asking;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `budget` sequences would have been given room. */
  ticksWithin(budget: number, from: number, ticks: number): number {
    const size = this.#growthSlots;
    if (size === 0 || Math.ceil(ticks / size) * this.#sequences <= budget) return ticks;
    let left = budget;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= this.#dueSequences[(from + passed) % size]!;
      if (left < 0) return passed;
    }
    return ticks;
  }

  /** Adds to `growth` who needs room before the tokens of the ticks from `from` to before `until`; `from` is its step `firstStep`. */
  collect(growth: Growth, from: number, until: number, firstStep: number): void {
    const size = this.#growthSlots;
    if (this.#sequences === 0) return;
    let tick = from;
    for (;;) {
      tick += this.#due.distance(tick % size);
      if (tick >= until) return;
      growth.beginStep(firstStep + tick - from);
      const list = tick % size;
      for (let row = this.#due.first(list); row >= 0; row = this.#due.after(row))
        this.#grow(growth, row, tick);
      tick += 1;
    }
  }

  /** A sequence with fewer tokens to write than it is given will not need all of it. */
  #grow(growth: Growth, row: number, tick: number): void {
    const size = this.#growthSlots;
    if (this.#live[row] === 1) {
      const spare = size - (this.#lastTick[row]! - tick + 1);
      growth.add(this.#firstSequence[row]!, spare > 0 ? spare : 0);
      return;
    }
    const { sequences, outputs, writtenBase, promptTokens } = this.#groups[row]!;
    const generated = writtenBase + tick - promptTokens + 1;
    for (let index = 0; index < sequences.length; index += 1)
      growth.add(sequences[index]!, Math.max(0, size - (outputs[index]! - generated)));
  }

  #insert(group: SequenceGroup, list: number): void {
    const { row, live } = group;
    this.#due.insert(list, row, group.id);
    this.#live[row] = live;
    this.#firstSequence[row] = group.sequences[0]!;
    this.#lastTick[row] = group.finishTick;
    this.#dueSequences[list]! += live;
    this.#sequences += live;
  }

  #residue(tick: number): number {
    const residue = tick % this.#growthSlots;
    return residue < 0 ? residue + this.#growthSlots : residue;
  }

  #groupAt(row: number): SequenceGroup | null {
    return row < 0 ? null : this.#groups[row]!;
  }
}
