import { Allocator } from "../allocators/allocator";
import { BITS, COUNT, EVICTED, FROM, Growth, STEP } from "../core/growth";
import { Group } from "../request";
import { DueClasses } from "./due-classes";
import { LastRooms } from "./last-rooms";

/**
 * Who of the running groups needs room when. All write a token each tick, so one that is given `growthSlots` at a time is due at every
 * tick of one residue class, and a class grows as a whole: nobody is looked up between. Who shares the block it writes next stands
 * apart until the allocator has been asked.
 */
@final
export class GrowingSequences extends DueClasses {
  readonly growthSlots: i32;
  /** The class behind those by tick modulo growthSlots: of those who must be asked for. */
  private readonly asking: i32;
  /** Of those who are due at some tick. */
  private sequences: i32 = 0;
  private readonly lastRooms: LastRooms;

  /** `ring`: a power of two above the ticks that anybody runs. */
  constructor(growthSlots: i32, ring: i32) {
    super(growthSlots + 1);
    this.growthSlots = growthSlots;
    this.asking = growthSlots;
    this.lastRooms = new LastRooms(max(growthSlots, 1), growthSlots > 0 ? ring : 32);
  }

  /** A group begins to run, `written` tokens in each sequence, with room for `roomTokens`. */
  add(group: Group, written: i32, roomTokens: i32): void {
    if (this.growthSlots === 0) return;
    const mustAsk = roomTokens <= written && written % this.growthSlots !== 0;
    if (mustAsk) this.enlist(this.asking, group);
    else this.join(this.classFor(group, roomTokens), group, written);
  }

  /** The allocator has been asked for a group, which now has room for `roomTokens`. Returns whether it had to be. */
  answered(group: Group, written: i32, roomTokens: i32): bool {
    if (this.growthSlots === 0 || this.classes[group.row] !== this.asking) return false;
    this.dismiss(group);
    this.join(this.classFor(group, roomTokens), group, written);
    return true;
  }

  /** A group is taken out, `written` tokens in each sequence; some of its sequences may have ended, at their last tokens. */
  remove(group: Group, written: i32): void {
    if (this.growthSlots === 0) return;
    const width = this.widths[group.row];
    if (this.dismiss(group) === this.asking) return;
    this.sequences -= width;
    this.lastRooms.foresee(group, written, -1);
  }

  /** Some sequences of a group have ended, others have not. */
  update(group: Group, written: i32): void {
    if (this.growthSlots === 0) return;
    const place = this.classes[group.row];
    if (place === this.asking) return;
    this.remove(group, written);
    this.join(place, group, written);
  }

  /** Whether somebody must be asked for. */
  @inline
  get mustAsk(): bool {
    return this.counts[this.asking] > 0;
  }

  /** Sequences that need room before the token of a tick, those who must be asked for aside. */
  @inline
  dueAt(tick: i32): i32 {
    return this.growthSlots === 0 ? 0 : this.counts[tick % this.growthSlots];
  }

  /** The first group by arrival, after the request `id`, that needs room before the token of a tick; null without one. */
  dueAfter(id: i32, tick: i32): Group | null {
    if (this.growthSlots === 0) return null;
    const due = this.firstAfter(tick % this.growthSlots, id);
    const asking = this.firstAfter(this.asking, id);
    if (due === null) return asking;
    if (asking === null) return due;
    return due.id < asking.id ? due : asking;
  }

  /** How many of the next `ticks` ticks from `from` on pass before more than `budget` sequences would have been given room. */
  ticksWithin(budget: i32, from: i32, ticks: i32): i32 {
    const period = this.growthSlots;
    if (period === 0 || ((ticks + period - 1) / period) * this.sequences <= budget) return ticks;
    const counts = this.counts;
    let due = from % period;
    let left = budget;
    for (let passed = 0; passed < ticks; passed += 1) {
      left -= counts[due];
      if (left < 0) return passed;
      due += 1;
      if (due === period) due = 0;
    }
    return ticks;
  }

  /**
   * Has the allocator give room to all who need it before the tokens of the ticks from `from` to before `until`, and adds that to
   * `growth`; `from` is its step `firstStep`.
   */
  grow(allocator: Allocator, growth: Growth, from: i32, until: i32, firstStep: i32): void {
    if (this.sequences === 0) return;
    const first = growth.count;
    this.gather(growth, from, until - from, firstStep);
    if (growth.count === first) return;
    allocator.extend(this.column, growth.runs, first, growth.count);
    this.lastRooms.take(growth, from, until, firstStep);
  }

  /**
   * The same before the token of a tick alone, its step 0, for those who need it and arrived after the request `id`: group after group,
   * until `rooms` sequences or more have been given room; nobody where somebody must be asked for. Returns the last group that was
   * given room; null without one.
   */
  growAfter(id: i32, allocator: Allocator, growth: Growth, tick: i32, rooms: i32): Group | null {
    if (this.growthSlots === 0 || this.mustAsk) return null;
    const due = tick % this.growthSlots;
    const place = this.placeAfter(due, id);
    const left = this.end(due) - place;
    let last: Group | null = null;
    let given = 0;
    let unneeded = 0;
    while (given < left && given < rooms) {
      const group = this.groupAt(place + given);
      given += group.live;
      unneeded += this.lastRooms.unneededBy(group, tick);
      last = group;
    }
    if (last === null) return null;
    growth.add(0, given, place);
    if (unneeded > 0) growth.lose(0, unneeded);
    allocator.extend(this.column, growth.runs, growth.count - 1, growth.count);
    return last;
  }

  /** A tick is over, in which groups may have been asked for one by one. */
  @inline
  pass(tick: i32): void {
    this.lastRooms.forget(tick);
  }

  /** Adds a run for each class that is due in `steps` ticks from `from` on; `from` is step `firstStep`. */
  private gather(growth: Growth, from: i32, steps: i32, firstStep: i32): void {
    growth.makeRoom(steps);
    const runs = growth.runs;
    const counts = this.counts;
    const room = this.room;
    const period = this.growthSlots;
    const end = firstStep + steps;
    const first = growth.count;
    let due = from % period;
    let run = first << BITS;
    for (let step = firstStep; step < min(end, firstStep + period); step += 1) {
      const count = counts[due];
      runs[run + STEP] = step;
      runs[run + COUNT] = count;
      runs[run + EVICTED] = 0;
      runs[run + FROM] = due * room;
      // Whether a class is empty cannot be foreseen: a run of nobody is written over rather than skipped.
      run += (<i32>(count > 0)) << BITS;
      due += 1;
      if (due === period) due = 0;
    }
    growth.count = run >> BITS;
    if (steps > period) growth.repeat(first, period, end);
  }

  /** The class of a group that runs with room for `roomTokens`. */
  @inline
  private classFor(group: Group, roomTokens: i32): i32 {
    const residue = (roomTokens - group.writtenBase) % this.growthSlots;
    return residue < 0 ? residue + this.growthSlots : residue;
  }

  /** A group comes to those who are due at the ticks of a class. */
  private join(due: i32, group: Group, written: i32): void {
    this.enlist(due, group);
    this.sequences += group.live;
    this.lastRooms.foresee(group, written, 1);
  }
}
