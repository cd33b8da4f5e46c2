import { OrderedLists } from "../core/ordered-lists";
import { ringLength } from "../core/ring-bits";
import { SequenceIds } from "../core/sequence-ids";
import { MANY_TICKS, ticksToForget } from "../core/ticks";
import { Group } from "../request";
import { enlargedGroups } from "./groups";
import { GrowingSequences } from "./growing-sequences";

/**
 * The groups that decode together, in rows. Every decode iteration writes one token in each sequence, so what they have written is a base
 * plus a common tick, and only the groups with something due at a tick are ever visited: those that need room, and those that end.
 */
@final
export class RunningSet {
  /** Decode iterations that have ended, but for those that nobody needs to know of any more. */
  tick: i32 = 0;
  size: i32 = 0;
  /** Unfinished sequences of all groups. */
  sequences: i32 = 0;
  /** Σ over sequences of the tokens they have written. */
  contextTokens: f64 = 0;
  /** The most sequences any group so far came with. */
  widest: i32 = 1;
  readonly growing: GrowingSequences;
  private readonly rows: SequenceIds = new SequenceIds();
  private groups: StaticArray<Group | null> = new StaticArray<Group | null>(64);
  /** All rows, in one list by arrival. */
  private readonly order: OrderedLists = new OrderedLists(1);
  /** By the tick at which a sequence of theirs emits its last token, on a ring of lists. */
  private readonly finishing: OrderedLists;
  private readonly finishMask: i32;

  /** `maxTokens`: no sequence writes more. `growthSlots`: what a sequence that uses up its room is given; 0 if that never happens. */
  constructor(maxTokens: i32, growthSlots: i32) {
    const ring = ringLength(maxTokens + 2);
    this.finishing = new OrderedLists(ring);
    this.finishMask = ring - 1;
    this.growing = new GrowingSequences(growthSlots, ring);
  }

  /** The running group that arrived first, or after `group`; null without one. */
  next(group: Group | null): Group | null {
    const row = group === null ? this.order.first(0) : this.order.after(group.row);
    return row < 0 ? null : this.groups[row];
  }

  /** The running group that arrived last; at least one runs. */
  get last(): Group {
    return this.groups[this.order.last(0)]!;
  }

  /** Takes in a group whose sequences have written `written` tokens each and have room for `roomTokens`. */
  add(group: Group, written: i32, roomTokens: i32): void {
    const row = this.rows.take();
    if (row >= this.groups.length) this.groups = enlargedGroups<Group>(this.groups, 2 * row);
    this.groups[row] = group;
    group.row = row;
    group.writtenBase = written - this.tick;
    this.order.insert(0, row, group.id);
    this.size += 1;
    this.sequences += group.live;
    this.contextTokens += <f64>group.live * written;
    if (group.live > this.widest) this.widest = group.live;
    this.planFinish(group);
    this.growing.add(group, written, roomTokens);
  }

  remove(group: Group): void {
    const row = group.row;
    assert(row >= 0, "a group is taken out that does not run");
    const written = this.written(group);
    group.generated = written - group.promptTokens + 1;
    this.growing.remove(group, written);
    this.finishing.remove(row);
    this.order.remove(row);
    this.groups[row] = null;
    this.rows.give(row);
    group.row = -1;
    this.size -= 1;
    this.sequences -= group.live;
    this.contextTokens -= <f64>group.live * written;
  }

  /** c of each unfinished sequence of a running group. */
  @inline
  written(group: Group): i32 {
    return group.writtenBase + this.tick;
  }

  /** Ends `steps` decode iterations. */
  advance(steps: i32): void {
    this.growing.pass(this.tick);
    this.tick += steps;
    this.contextTokens += <f64>steps * <f64>this.sequences;
    if (this.tick >= MANY_TICKS) this.forgetTicks();
  }

  /** The group that arrived first among those in which a sequence emitted its last token in the iteration that just ended; null: none. */
  takeFinishing(): Group | null {
    const row = this.finishing.first((this.tick - 1) & this.finishMask);
    if (row < 0) return null;
    this.finishing.remove(row);
    return this.groups[row];
  }

  /** `ended` sequences of a group that {@link takeFinishing} gave have left it; the group goes with its last. */
  endSequences(group: Group, ended: i32): void {
    this.sequences -= ended;
    this.contextTokens -= <f64>ended * this.written(group);
    if (group.live === 0) return this.remove(group);
    this.planFinish(group);
    this.growing.update(group, this.written(group));
  }

  /** Iterations from now on, this one included, at whose end somebody may end. */
  @inline
  ticksToFinish(): i32 {
    return this.finishing.distance(this.tick & this.finishMask) + 1;
  }

  private forgetTicks(): void {
    const forgotten = ticksToForget(this.tick, this.finishMask + 1, this.growing.growthSlots);
    this.tick -= forgotten;
    for (let group = this.next(null); group !== null; group = this.next(group))
      group.writtenBase += forgotten;
  }

  private planFinish(group: Group): void {
    const generated = this.written(group) - group.promptTokens + 1;
    const finishTick = this.tick + group.shortestOutput - generated - 1;
    this.finishing.insert(finishTick & this.finishMask, group.row, group.id);
  }
}
