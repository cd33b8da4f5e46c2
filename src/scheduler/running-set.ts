import { fail } from "../core/assert.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import { Wheel } from "./wheel.ts";

/**
 * The groups that decode together. Every decode iteration writes one token in each, so what they have written is a base plus a
 * common tick, and only the groups with something due at a tick are ever visited: those that need room, and those that end.
 */
export class RunningSet {
  /** Decode iterations that have ended. */
  tick = 0;
  size = 0;
  /** Unfinished sequences of all groups. */
  sequences = 0;
  /** Σ over sequences of the tokens they have written. */
  contextTokens: Tokens = 0;
  first: SequenceGroup | null = null;
  last: SequenceGroup | null = null;
  /** The most sequences any group so far came with. */
  widest = 1;
  readonly #growing: Wheel;
  readonly #finishing: Wheel;

  /** `maxTokens`: no sequence writes more. */
  constructor(maxTokens: Tokens) {
    this.#growing = new Wheel(maxTokens + 2);
    this.#finishing = new Wheel(maxTokens + 2);
  }

  /** Takes in a group whose sequences have written `written` tokens each and may write up to `roomTokens`. */
  add(group: SequenceGroup, written: Tokens, roomTokens: Tokens): void {
    group.writtenBase = written - this.tick;
    this.#link(group);
    this.size += 1;
    this.sequences += group.live;
    this.contextTokens += group.live * written;
    this.widest = Math.max(this.widest, group.live);
    this.#planGrowth(group, roomTokens);
    this.#planFinish(group);
  }

  remove(group: SequenceGroup): void {
    const written = this.written(group);
    group.generated = written - group.promptTokens + 1;
    if (group.growTick >= this.tick) this.#growing.remove(group, group.growTick);
    if (group.finishTick >= this.tick) this.#finishing.remove(group, group.finishTick);
    this.#unlink(group);
    this.size -= 1;
    this.sequences -= group.live;
    this.contextTokens -= group.live * written;
  }

  /** c of each unfinished sequence of a running group. */
  written(group: SequenceGroup): Tokens {
    return group.writtenBase + this.tick;
  }

  /** Sequences that must ask for room before this tick's token. */
  growingSequences(): number {
    return this.#growing.sequencesDue(this.tick);
  }

  /** Takes the groups that must ask for room before this tick's token. Each must be given room or be removed. */
  takeGrowing(): readonly SequenceGroup[] {
    const due = this.#growing.take(this.tick);
    for (const group of due) group.growTick = -1;
    return due;
  }

  /** The allocator gave a group room for `roomTokens` tokens a sequence. */
  setRoom(group: SequenceGroup, roomTokens: Tokens): void {
    if (group.growTick >= this.tick) this.#growing.remove(group, group.growTick);
    this.#planGrowth(group, roomTokens);
  }

  /** Ends `steps` decode iterations. */
  advance(steps: number): void {
    this.tick += steps;
    this.contextTokens += steps * this.sequences;
  }

  /** Takes the groups in which a sequence emitted its last token in the iteration that just ended. */
  takeFinishing(): readonly SequenceGroup[] {
    const due = this.#finishing.take(this.tick - 1);
    for (const group of due) group.finishTick = -1;
    return due;
  }

  /** `ended` sequences of a group that {@link takeFinishing} gave have left `group.outputs`; the group goes with its last. */
  endSequences(group: SequenceGroup, ended: number): void {
    this.sequences -= ended;
    this.contextTokens -= ended * this.written(group);
    if (group.live > 0) this.#planFinish(group);
    else this.remove(group);
  }

  /** Iterations from now on, this one included, before which nobody needs room again and at whose end somebody may end. */
  quietTicks(): number {
    const growth = this.#growing.next(this.tick) - this.tick;
    const finish = this.#finishing.next(this.tick) - this.tick + 1;
    return Math.min(growth, finish);
  }

  #planGrowth(group: SequenceGroup, roomTokens: Tokens): void {
    const due = roomTokens - group.writtenBase;
    if (due < this.tick) fail(`request ${group.id} has written more than its room`);
    const lastTick = this.tick + Math.max(...group.outputs) - this.#generated(group) - 1;
    group.growTick = due <= lastTick ? due : -1;
    if (group.growTick >= 0) this.#growing.insert(group, due);
  }

  #planFinish(group: SequenceGroup): void {
    const remaining = Math.min(...group.outputs) - this.#generated(group);
    group.finishTick = this.tick + remaining - 1;
    this.#finishing.insert(group, group.finishTick);
  }

  #generated(group: SequenceGroup): Tokens {
    return this.written(group) - group.promptTokens + 1;
  }

  /** Newcomers nearly always belong at the end. */
  #link(group: SequenceGroup): void {
    let before = this.last;
    while (before !== null && before.id > group.id) before = before.before;
    const after = before === null ? this.first : before.after;
    group.before = before;
    group.after = after;
    if (before === null) this.first = group;
    else before.after = group;
    if (after === null) this.last = group;
    else after.before = group;
  }

  #unlink(group: SequenceGroup): void {
    if (group.before === null) this.first = group.after;
    else group.before.after = group.after;
    if (group.after === null) this.last = group.before;
    else group.after.before = group.before;
    group.before = null;
    group.after = null;
  }
}
