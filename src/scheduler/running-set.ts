import { assert } from "../core/assert.ts";
import { DOUBLE } from "../core/double.ts";
import { OrderedLists } from "../core/ordered-lists.ts";
import { ringLength } from "../core/ring-bits.ts";
import { SequenceIds } from "../core/sequence-ids.ts";
import type { SequenceGroup, Slots, Tokens } from "../request.ts";
import { GrowingSequences } from "./growing-sequences.ts";

/**
 * The groups that decode together, in rows. Every decode iteration writes one token in each sequence, so what they have written is a base
 * plus a common tick, and only the groups with something due at a tick are ever visited: those that need room, and those that end.
 */
export class RunningSet {
  /** Decode iterations that have ended. */
  tick = 0;
  size = 0;
  /** Unfinished sequences of all groups. */
  sequences = DOUBLE;
  /** Σ over sequences of the tokens they have written. */
  contextTokens: Tokens = DOUBLE;
  /** The most sequences any group so far came with. */
  widest = 1;
  readonly growing: GrowingSequences;
  readonly #rows = new SequenceIds();
  readonly #groups: (SequenceGroup | null)[] = [];
  /** All rows, in one list by arrival. */
  readonly #order = new OrderedLists(1);
  /** By the tick at which a sequence of theirs emits its last token, on a ring of lists. */
  private readonly finishing: OrderedLists;
  private readonly finishMask: number;

  /** `maxTokens`: no sequence writes more. `growthSlots`: what a sequence that uses up its room is given; 0 if that never happens. */
  constructor(maxTokens: Tokens, growthSlots: Slots) {
    this.sequences = 0;
    this.contextTokens = 0;
    const ring = ringLength(maxTokens + 2);
    this.finishing = new OrderedLists(ring);
    this.finishMask = ring - 1;
    this.growing = new GrowingSequences(growthSlots, this.#groups, ring);
  }

  /** The running group that arrived first, or after `group`; null without one. */
  next(group: SequenceGroup | null): SequenceGroup | null {
    const row = group === null ? this.#order.first(0) : this.#order.after(group.row);
    return row < 0 ? null : this.#groups[row]!;
  }

  /** The running group that arrived last. */
  get last(): SequenceGroup | null {
    const row = this.#order.last(0);
    return row < 0 ? null : this.#groups[row]!;
  }

  /** Takes in a group whose sequences have written `written` tokens each and have room for `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    const row = this.#rows.take();
    this.#groups[row] = group;
    group.row = row;
    group.writtenBase = written - this.tick;
    this.#order.insert(0, row, group.id);
    this.size += 1;
    this.sequences += group.live;
    this.contextTokens += group.live * written;
    if (group.live > this.widest) this.widest = group.live;
    this.#planFinish(group);
    this.growing.add(group, written, roomTokens);
  }

  remove(group: SequenceGroup): void {
    const { row } = group;
    assert(this.#groups[row] === group, "a group is taken out that does not run");
    const written = this.written(group);
    group.generated = written - group.promptTokens + 1;
    this.growing.remove(group, written);
    this.finishing.remove(row);
    this.#order.remove(row);
    this.#groups[row] = null;
    this.#rows.give(row);
    group.row = -1;
    this.size -= 1;
    this.sequences -= group.live;
    this.contextTokens -= group.live * written;
  }

  /** c of each unfinished sequence of a running group. */
  written(group: SequenceGroup): Tokens {
    return group.writtenBase + this.tick;
  }

  /** Ends `steps` decode iterations. */
  advance(steps: number): void {
    this.growing.pass(this.tick);
    this.tick += steps;
    this.contextTokens += steps * this.sequences;
  }

  /** The group that arrived first among those in which a sequence emitted its last token in the iteration that just ended; null: none. */
  takeFinishing(): SequenceGroup | null {
    const row = this.finishing.first((this.tick - 1) & this.finishMask);
    if (row < 0) return null;
    this.finishing.remove(row);
    return this.#groups[row]!;
  }

  /** `ended` sequences of a group that {@link takeFinishing} gave have left `group.outputs`; the group goes with its last. */
  endSequences(group: SequenceGroup, ended: number): void {
    this.sequences -= ended;
    this.contextTokens -= ended * this.written(group);
    if (group.live === 0) return this.remove(group);
    this.#planFinish(group);
    this.growing.update(group, this.written(group));
  }

  /** Iterations from now on, this one included, at whose end somebody may end. */
  ticksToFinish(): number {
    return this.finishing.distance(this.tick & this.finishMask) + 1;
  }

  #planFinish(group: SequenceGroup): void {
    const generated = this.written(group) - group.promptTokens + 1;
    const finishTick = this.tick + group.shortestOutput - generated - 1;
    this.finishing.insert(finishTick & this.finishMask, group.row, group.id);
  }
}
