import type { Allocator } from "../allocators/allocator.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { Growth } from "../core/growth.ts";
import { RingBits } from "../core/ring-bits.ts";
import { finalTokens, type SequenceGroup, type Slots, type Tokens } from "../request.ts";
import { DueSequences } from "./due-sequences.ts";

const FIRST_CAPACITY = 64;
const NO_LIST = -1;

/**
 * Who of the running groups needs room when. All write a token each tick, so one that is given `growthSlots` at a time is due at every
 * tick of one residue class, and a class grows as a whole: nobody is looked up between. Who shares the block it writes next stands
 * apart until the allocator has been asked.
 */
export class GrowingSequences {
  readonly #growthSlots: Slots;
  readonly #groups: readonly (SequenceGroup | null)[];
  /** By tick modulo growthSlots, and behind those who must be asked for; and which of them have somebody. */
  readonly #due: DueSequences;
  readonly #asking: number;
  readonly #occupied: RingBits;
  /** Of all residue classes. */
  #sequences = 0;
  /** On a ring by tick: how many of the slots that are given then will never be written. */
  readonly #unneeded: Int32Array;
  /** By row: the list that its group is in. */
  #listOf = new Int32Array(FIRST_CAPACITY);

  /** `ring`: a power of two above the ticks that anybody runs. */
  constructor(growthSlots: Slots, groups: readonly (SequenceGroup | null)[], ring: number) {
    this.#growthSlots = growthSlots;
    this.#groups = groups;
    this.#due = new DueSequences(growthSlots + 1);
    this.#asking = growthSlots;
    this.#occupied = new RingBits(growthSlots);
    this.#unneeded = new Int32Array(growthSlots === 0 ? 0 : ring);
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
      this.#listOf[group.row] = this.#asking;
      this.#due.insert(this.#asking, group);
    } else this.#insert(group, roomTokens, written);
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: SequenceGroup, written: Tokens, roomTokens: Tokens): boolean {
    if (this.#growthSlots === 0 || this.#listOf[group.row] !== this.#asking) return false;
    this.#due.remove(this.#asking, group.id);
    this.#insert(group, roomTokens, written);
    return true;
  }

  /** A group is taken out, `written` tokens in each sequence; some of its sequences may have ended, at their last tokens. */
  remove(group: SequenceGroup, written: Tokens): void {
    if (this.#growthSlots === 0) return;
    const list = this.#listOf[group.row]!;
    this.#listOf[group.row] = NO_LIST;
    if (list === NO_LIST) return;
    const removed = this.#due.remove(list, group.id);
    if (list === this.#asking) return;
    this.#sequences -= removed;
    this.#foresee(group, written, -1);
    if (this.#due.counts[list] === 0) this.#occupied.clear(list);
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: SequenceGroup, written: Tokens): void {
    const list = this.#growthSlots === 0 ? NO_LIST : this.#listOf[group.row]!;
    if (list === NO_LIST || list === this.#asking) return;
    this.remove(group, written);
    this.#insertInto(list, group, written);
  }

  /** Sequences that need room before the token of a tick; Infinity if somebody must be asked for. */
  dueAt(tick: number): number {
    if (this.#growthSlots === 0) return 0;
    if (this.#due.counts[this.#asking]! > 0) return Number.POSITIVE_INFINITY;
    return this.#due.counts[tick % this.#growthSlots]!;
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: number, tick: number): SequenceGroup | null {
    if (this.#growthSlots === 0) return null;
    const due = this.#groupAt(this.#due.firstAfter(tick % this.#growthSlots, id));
    const asking = this.#groupAt(this.#due.firstAfter(this.#asking, id));
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
      left -= this.#due.counts[list]!;
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
    const { counts, sequences, stride } = this.#due;
    let list = from % size;
    for (let tick = from; ; ) {
      const ahead = this.#occupied.distance(list);
      tick += ahead;
      if (tick >= until) return;
      list += ahead;
      if (list >= size) list -= size;
      const count = counts[list]!;
      allocator.extend(sequences, list * stride, count);
      growth.add(firstStep + tick - from, count, this.#unneeded[this.#onRing(tick)]!);
      tick += 1;
      list = list + 1 === size ? 0 : list + 1;
    }
  }

  /** The ticks from `from` to before `until` are over. */
  pass(from: number, until: number): void {
    if (this.#growthSlots === 0) return;
    for (let tick = from; tick < until; tick += 1) this.#unneeded[this.#onRing(tick)] = 0;
  }

  #insert(group: SequenceGroup, roomTokens: Tokens, written: Tokens): void {
    const residue = (roomTokens - group.writtenBase) % this.#growthSlots;
    this.#insertInto(residue < 0 ? residue + this.#growthSlots : residue, group, written);
  }

  #insertInto(list: number, group: SequenceGroup, written: Tokens): void {
    this.#due.insert(list, group);
    this.#occupied.set(list);
    this.#listOf[group.row] = list;
    this.#sequences += group.live;
    this.#foresee(group, written, 1);
  }

  /** Notes, or takes back, when each sequence of a group will be given its last block, and what of that it will not need. */
  #foresee({ promptTokens, outputs, writtenBase }: SequenceGroup, written: Tokens, sign: 1 | -1) {
    const size = this.#growthSlots;
    for (let index = 0; index < outputs.length; index += 1) {
      const final = finalTokens(promptTokens, outputs[index]!);
      const unneeded = (size - (final % size)) % size;
      const wholeBlocks = final + unneeded - size;
      if (unneeded === 0 || wholeBlocks < written) continue;
      this.#unneeded[this.#onRing(wholeBlocks - writtenBase)]! += sign * unneeded;
    }
  }

  #onRing(tick: number): number {
    return tick & (this.#unneeded.length - 1);
  }

  #groupAt(row: number): SequenceGroup | null {
    return row < 0 ? null : this.#groups[row]!;
  }
}
