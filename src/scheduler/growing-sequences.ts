import type { Allocator } from "../allocators/allocator.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { Growth } from "../core/growth.ts";
import { RingBits } from "../core/ring-bits.ts";
import type { SequenceGroup, Slots, Tokens } from "../request.ts";
import { DueSequences } from "./due-sequences.ts";
import { LastRooms } from "./last-rooms.ts";

const FIRST_CAPACITY = 64;

/** What is known of a row: the list that its group is in, the first of the sequences that it came with, and how many they were. */
const LIST = 0;
const FIRST = 1;
const COUNT = 2;
const ROW = 4;

/**
 * Who of the running groups needs room when. All write a token each tick, so one that is given `growthSlots` at a time is due at every
 * tick of one residue class, and a class grows as a whole: nobody is looked up between. Who shares the block it writes next stands
 * apart until the allocator has been asked.
 */
export class GrowingSequences {
  readonly #growthSlots: Slots;
  /** By tick modulo growthSlots, and behind those who must be asked for; and which of them have somebody. */
  readonly #due: DueSequences;
  readonly #asking: number;
  readonly #occupied: RingBits;
  /** Of all residue classes. */
  #sequences = 0;
  readonly #lastRooms: LastRooms;
  /** The lists that are served one after the other in a series of iterations, as {@link Allocator.extend} reads them. */
  readonly #runs: Int32Array;
  #rows = new Int32Array(FIRST_CAPACITY * ROW);

  /** `ring`: a power of two above the ticks that anybody runs. */
  constructor(growthSlots: Slots, groups: readonly (SequenceGroup | null)[], ring: number) {
    this.#growthSlots = growthSlots;
    this.#due = new DueSequences(growthSlots + 1, groups);
    this.#asking = growthSlots;
    this.#occupied = new RingBits(growthSlots);
    this.#lastRooms = new LastRooms(growthSlots, ring);
    this.#runs = new Int32Array(growthSlots === 0 ? 0 : 2 * ring);
  }

  /** A group begins to run, `written` tokens in each sequence, with room for `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    if (this.#growthSlots === 0) return;
    if (ROW * group.row >= this.#rows.length)
      this.#rows = enlargedIntegers(this.#rows, 2 * ROW * group.row);
    const mustAsk = roomTokens <= written && written % this.#growthSlots !== 0;
    if (mustAsk) this.#enlist(this.#asking, group);
    else this.#insert(group, roomTokens, written);
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: SequenceGroup, written: Tokens, roomTokens: Tokens): boolean {
    if (this.#growthSlots === 0 || this.#rows[ROW * group.row + LIST] !== this.#asking)
      return false;
    this.#dismiss(group.row);
    this.#insert(group, roomTokens, written);
    return true;
  }

  /** A group is taken out, `written` tokens in each sequence; some of its sequences may have ended, at their last tokens. */
  remove(group: SequenceGroup, written: Tokens): void {
    if (this.#growthSlots === 0) return;
    const list = this.#dismiss(group.row);
    if (list === this.#asking) return;
    this.#lastRooms.foresee(group, written, -1);
    if (this.#due.count(list) === 0) this.#occupied.clear(list);
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: SequenceGroup, written: Tokens): void {
    if (this.#growthSlots === 0) return;
    const list = this.#rows[ROW * group.row + LIST]!;
    if (list === this.#asking) return;
    this.remove(group, written);
    this.#insertInto(list, group, written);
  }

  /** Sequences that need room before the token of a tick; Infinity if somebody must be asked for. */
  dueAt(tick: number): number {
    if (this.#growthSlots === 0) return 0;
    if (this.#due.count(this.#asking) > 0) return Number.POSITIVE_INFINITY;
    return this.#due.count(tick % this.#growthSlots);
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: number, tick: number): SequenceGroup | null {
    if (this.#growthSlots === 0) return null;
    const due = this.#due.firstAfter(tick % this.#growthSlots, id);
    const asking = this.#due.firstAfter(this.#asking, id);
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
      left -= this.#due.count(list);
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
    const { column, stride } = this.#due;
    const runs = this.#runs;
    const ticks = until - from;
    const rounds = Math.trunc(ticks / size);
    const rest = ticks - rounds * size;
    const ahead = rounds > 0 ? size : rest;
    let list = from % size;
    let lists = 0;
    let count = 0;
    for (let tick = 0; tick < ahead; ) {
      const place = list * stride;
      const sequences = column[place]!;
      if (sequences === 0) {
        const empty = this.#occupied.distance(list);
        tick += empty;
        list = (list + empty) % size;
        continue;
      }
      const times = tick < rest ? rounds + 1 : rounds;
      runs[2 * lists] = place + 1;
      runs[2 * lists + 1] = sequences;
      growth.grown.add(sequences, firstStep + tick, times);
      lists += 1;
      count += times;
      tick += 1;
      list = list + 1 === size ? 0 : list + 1;
    }
    if (count === 0) return;
    // Who is due in the first round of ticks is so in each, in the same order.
    for (let at = 2 * lists; at < 2 * count; at += 1) runs[at] = runs[at - 2 * lists]!;
    allocator.extend(column, runs, count);
    this.#lastRooms.take(growth.unneeded, from, until, firstStep);
  }

  /**
   * The same before the token of a tick alone, its step 0, for those who need it and arrived after the request `id`: group after group,
   * until `rooms` sequences or more have been given room; nobody where somebody must be asked for. Returns the last group that was
   * given room; null without one.
   */
  growAfter(
    id: number,
    allocator: Allocator,
    growth: Growth,
    tick: number,
    rooms: number,
  ): SequenceGroup | null {
    if (this.#growthSlots === 0 || this.#due.count(this.#asking) > 0) return null;
    const { column } = this.#due;
    const list = tick % this.#growthSlots;
    const place = this.#due.placeAfter(list, id);
    const left = list * this.#due.stride + 1 + this.#due.count(list) - place;
    let last: SequenceGroup | null = null;
    let given = 0;
    let unneeded = 0;
    while (given < left && given < rooms) {
      last = this.#due.groupOf(column[place + given]!);
      given += last.live;
      unneeded += this.#lastRooms.unneededBy(last, tick);
    }
    if (last === null) return null;
    growth.grown.add(given, 0);
    if (unneeded > 0) growth.unneeded.add(unneeded, 0);
    this.#runs[0] = place;
    this.#runs[1] = given;
    allocator.extend(column, this.#runs, 1);
    return last;
  }

  /** A tick is over, in which groups may have been asked for one by one. */
  pass(tick: number): void {
    this.#lastRooms.forget(tick);
  }

  #insert(group: SequenceGroup, roomTokens: Tokens, written: Tokens): void {
    const residue = (roomTokens - group.writtenBase) % this.#growthSlots;
    this.#insertInto(residue < 0 ? residue + this.#growthSlots : residue, group, written);
  }

  #insertInto(list: number, group: SequenceGroup, written: Tokens): void {
    this.#enlist(list, group);
    this.#occupied.set(list);
    this.#sequences += group.live;
    this.#lastRooms.foresee(group, written, 1);
  }

  #enlist(list: number, group: SequenceGroup): void {
    const place = ROW * group.row;
    this.#rows[place + LIST] = list;
    this.#rows[place + FIRST] = group.sequences[0]!;
    this.#rows[place + COUNT] = group.live;
    this.#due.insert(list, group);
  }

  /** Takes a group out of its list, which is returned. */
  #dismiss(row: number): number {
    const place = ROW * row;
    const list = this.#rows[place + LIST]!;
    const count = this.#rows[place + COUNT]!;
    this.#due.remove(list, this.#rows[place + FIRST]!, count);
    if (list !== this.#asking) this.#sequences -= count;
    return list;
  }
}
