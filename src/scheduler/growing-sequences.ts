import type { Allocator } from "../allocators/allocator.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { Growth } from "../core/growth.ts";
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
  private readonly growthSlots: Slots;
  /** By tick modulo growthSlots, and behind those who must be asked for. */
  private readonly due: DueSequences;
  private readonly asking: number;
  /** Of those who are due at some tick. */
  #sequences = 0;
  private readonly lastRooms: LastRooms;
  #rows = new Int32Array(FIRST_CAPACITY * ROW);

  /** `ring`: a power of two above the ticks that anybody runs. */
  constructor(growthSlots: Slots, groups: readonly (SequenceGroup | null)[], ring: number) {
    this.growthSlots = growthSlots;
    this.due = new DueSequences(growthSlots, growthSlots + 1, groups);
    this.asking = growthSlots;
    this.lastRooms = new LastRooms(growthSlots, ring);
  }

  /** A group begins to run, `written` tokens in each sequence, with room for `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    if (this.growthSlots === 0) return;
    if (ROW * group.row >= this.#rows.length)
      this.#rows = enlargedIntegers(this.#rows, 2 * ROW * group.row);
    const mustAsk = roomTokens <= written && written % this.growthSlots !== 0;
    if (mustAsk) this.#enlist(this.asking, group);
    else this.#insert(group, roomTokens, written);
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: SequenceGroup, written: Tokens, roomTokens: Tokens): boolean {
    if (this.growthSlots === 0 || this.#rows[ROW * group.row + LIST] !== this.asking) return false;
    this.#dismiss(group.row);
    this.#insert(group, roomTokens, written);
    return true;
  }

  /** A group is taken out, `written` tokens in each sequence; some of its sequences may have ended, at their last tokens. */
  remove(group: SequenceGroup, written: Tokens): void {
    if (this.growthSlots === 0) return;
    const list = this.#dismiss(group.row);
    if (list === this.asking) return;
    this.lastRooms.foresee(group, written, -1);
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: SequenceGroup, written: Tokens): void {
    if (this.growthSlots === 0) return;
    const list = this.#rows[ROW * group.row + LIST]!;
    if (list === this.asking) return;
    this.remove(group, written);
    this.#insertInto(list, group, written);
  }

  /** Sequences that need room before the token of a tick; Infinity if somebody must be asked for. */
  dueAt(tick: number): number {
    if (this.growthSlots === 0) return 0;
    if (this.due.length(this.asking) > 0) return Number.POSITIVE_INFINITY;
    return this.due.dueAt(tick);
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: number, tick: number): SequenceGroup | null {
    if (this.growthSlots === 0) return null;
    const due = this.due.firstAfter(this.due.rowAt(tick), id);
    const asking = this.due.firstAfter(this.asking, id);
    if (due === null || asking === null) return due ?? asking;
    return due.id < asking.id ? due : asking;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `budget` sequences would have been given room. */
  ticksWithin(budget: number, from: number, ticks: number): number {
    if (this.growthSlots === 0) return ticks;
    return this.due.ticksWithin(budget, from, ticks, this.#sequences);
  }

  /**
   * Has the allocator give room to all who need it before the tokens of the ticks from `from` to before `until`, and adds that to
   * `growth`; `from` is its step `firstStep`.
   */
  grow(allocator: Allocator, growth: Growth, from: number, until: number, firstStep: number): void {
    if (this.#sequences === 0) return;
    const first = growth.count;
    this.due.gather(growth, from, until, firstStep);
    if (growth.count === first) return;
    allocator.extend(this.due.column, growth.runs, first, growth.count);
    this.lastRooms.take(growth, from, until, firstStep);
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
    if (this.growthSlots === 0 || this.due.length(this.asking) > 0) return null;
    const { column } = this.due;
    const row = this.due.rowAt(tick);
    const place = this.due.placeAfter(row, id);
    const left = this.due.end(row) - place;
    let last: SequenceGroup | null = null;
    let given = 0;
    let unneeded = 0;
    while (given < left && given < rooms) {
      last = this.due.groupOf(column[place + given]!);
      given += last.live;
      unneeded += this.lastRooms.unneededBy(last, tick);
    }
    if (last === null) return null;
    growth.add(0, given, place);
    if (unneeded > 0) growth.lose(0, unneeded);
    allocator.extend(column, growth.runs, growth.count - 1, growth.count);
    return last;
  }

  /** A tick is over, in which groups may have been asked for one by one. */
  pass(tick: number): void {
    this.lastRooms.forget(tick);
  }

  #insert(group: SequenceGroup, roomTokens: Tokens, written: Tokens): void {
    const residue = (roomTokens - group.writtenBase) % this.growthSlots;
    this.#insertInto(residue < 0 ? residue + this.growthSlots : residue, group, written);
  }

  #insertInto(list: number, group: SequenceGroup, written: Tokens): void {
    this.#enlist(list, group);
    this.#sequences += group.live;
    this.lastRooms.foresee(group, written, 1);
  }

  #enlist(list: number, group: SequenceGroup): void {
    const place = ROW * group.row;
    this.#rows[place + LIST] = list;
    this.#rows[place + FIRST] = group.sequences[0]!;
    this.#rows[place + COUNT] = group.live;
    this.due.insert(list, group);
  }

  /** Takes a group out of its list, which is returned. */
  #dismiss(row: number): number {
    const place = ROW * row;
    const list = this.#rows[place + LIST]!;
    const count = this.#rows[place + COUNT]!;
    this.due.remove(list, this.#rows[place + FIRST]!, count);
    if (list !== this.asking) this.#sequences -= count;
    return list;
  }
}
