import type { Allocator } from "../allocators/allocator.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { Growth } from "../core/growth.ts";
import { RingBits } from "../core/ring-bits.ts";
import type { SequenceGroup, Slots, Tokens } from "../request.ts";
import { DueSequences } from "./due-sequences.ts";

const FIRST_CAPACITY = 64;
const NO_LIST = -1;
const ASKING = -2;

/**
 * Who of the running groups needs room when. All write a token each tick, so one that is given `growthSlots` at a time is due at every
 * tick of one residue class, and a class grows as a whole: nobody is looked up between. Who shares the block it writes next stands
 * apart until the allocator has been asked.
 */
export class GrowingRows {
  readonly #growthSlots: Slots;
  readonly #groups: readonly (SequenceGroup | null)[];
  /** By tick modulo growthSlots; and which of them have somebody. */
  readonly #due: readonly DueSequences[];
  readonly #occupied: RingBits;
  /** Who must be asked for. */
  readonly #asking = new DueSequences();
  /** Of all residue classes. */
  #sequences = 0;
  /** By row, while somebody runs in it: its residue class, or one of the constants above. */
  #listOf = new Int32Array(FIRST_CAPACITY);

  constructor(growthSlots: Slots, groups: readonly (SequenceGroup | null)[]) {
    this.#growthSlots = growthSlots;
    this.#groups = groups;
    this.#due = Array.from({ length: growthSlots }, () => new DueSequences());
    this.#occupied = new RingBits(growthSlots);
  }

  /** A group begins to run, `written` tokens in each sequence, with room for `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    if (this.#growthSlots === 0) return;
    if (group.row >= this.#listOf.length)
      this.#listOf = enlargedIntegers(
        this.#listOf,
        Math.max(group.row + 1, 2 * this.#listOf.length),
      );
    const mustAsk = roomTokens <= written && written % this.#growthSlots !== 0;
    if (mustAsk) {
      this.#listOf[group.row] = ASKING;
      this.#asking.insert(group);
    } else this.#insert(group, this.#residue(roomTokens - group.writtenBase));
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: SequenceGroup, roomTokens: Tokens): boolean {
    if (this.#growthSlots === 0 || this.#listOf[group.row] !== ASKING) return false;
    this.#asking.remove(group.id);
    this.#insert(group, this.#residue(roomTokens - group.writtenBase));
    return true;
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: SequenceGroup): void {
    const list = this.#growthSlots === 0 ? NO_LIST : this.#listOf[group.row]!;
    if (list < 0) return;
    this.remove(group);
    this.#insert(group, list);
  }

  remove({ id, row }: SequenceGroup): void {
    if (this.#growthSlots === 0) return;
    const list = this.#listOf[row]!;
    this.#listOf[row] = NO_LIST;
    if (list === ASKING) this.#asking.remove(id);
    if (list < 0) return;
    const due = this.#due[list]!;
    this.#sequences -= due.remove(id);
    if (due.count === 0) this.#occupied.clear(list);
  }

  /** Sequences that need room before the token of a tick; Infinity if somebody must be asked for. */
  dueAt(tick: number): number {
    if (this.#growthSlots === 0) return 0;
    if (this.#asking.count > 0) return Number.POSITIVE_INFINITY;
    return this.#due[tick % this.#growthSlots]!.count;
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: number, tick: number): SequenceGroup | null {
    if (this.#growthSlots === 0) return null;
    const due = this.#groupAt(this.#due[tick % this.#growthSlots]!.firstAfter(id));
    const asking = this.#groupAt(this.#asking.firstAfter(id));
    if (due === null || asking === null) return due ?? asking;
    return due.id < asking.id ? due : asking;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `budget` sequences would have been given room. */
  ticksWithin(budget: number, from: number, ticks: number): number {
    const size = this.#growthSlots;
    if (size === 0 || Math.ceil(ticks / size) * this.#sequences <= budget) return ticks;
    let left = budget;
    let list = from % size;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= this.#due[list]!.count;
      if (left < 0) return passed;
      list = list + 1 === size ? 0 : list + 1;
    }
    return ticks;
  }

  /**
   * Has the allocator give room to all who need it before the tokens of the ticks from `from` to before `until`, and adds that to
   * `growth`; `from` is its step `firstStep`.
   */
  grow(allocator: Allocator, growth: Growth, from: number, until: number, firstStep: number): void {
    if (this.#sequences === 0) return;
    const size = this.#growthSlots;
    let tick = from;
    let list = from % size;
    for (;;) {
      const ahead = this.#occupied.distance(list);
      tick += ahead;
      if (tick >= until) return;
      list += ahead;
      if (list >= size) list -= size;
      const due = this.#due[list]!;
      allocator.extend(due.sequences, due.count);
      growth.add(firstStep + tick - from, due.count, due.unneeded(tick, size));
      tick += 1;
      list = list + 1 === size ? 0 : list + 1;
    }
  }

  #insert(group: SequenceGroup, list: number): void {
    this.#due[list]!.insert(group);
    this.#occupied.set(list);
    this.#listOf[group.row] = list;
    this.#sequences += group.live;
  }

  #residue(tick: number): number {
    const residue = tick % this.#growthSlots;
    return residue < 0 ? residue + this.#growthSlots : residue;
  }

  #groupAt(row: number): SequenceGroup | null {
    return row < 0 ? null : this.#groups[row]!;
  }
}
