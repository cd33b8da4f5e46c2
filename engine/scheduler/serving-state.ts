import { Allocator } from "../allocators/allocator";
import { Growth } from "../core/growth";
import { SequenceIds } from "../core/sequence-ids";
import { Group } from "../request";
import { Facts } from "./facts";
import { enlargedGroups, Groups } from "./groups";
import { Limits } from "./limits";
import { POOL, Rejection, WATERMARK } from "./rejection";
import { Round } from "./round";
import { RunningSet } from "./running-set";
import { Outside } from "./serving";
import { WaitingRoom } from "./waiting-room";

/** What a scheduler that serves in rounds may do at once. */
@final
export class RoundLimits extends Limits {
  /** A prompt longer than that is given up when its turn comes. */
  maxPromptTokens: i32 = 0;
}

/** Queues, running set and allocator of one replica, and the moves that every policy is made of. */
@final
export class ServingState {
  readonly groups: Groups<Group>;
  readonly waiting: WaitingRoom<Group>;
  /** Swapped-out groups, by arrival: the first so many. */
  private swappedGroups: StaticArray<Group | null> = new StaticArray<Group | null>(16);
  swapped: i32 = 0;
  readonly running: RunningSet;
  /** What the running groups were given since the last decode round began. */
  readonly growth: Growth = new Growth();
  /** Sequences of all admitted, not swapped groups: n before the fork, then the unfinished ones. */
  admittedSequences: i32 = 0;
  readonly limits: RoundLimits;
  readonly allocator: Allocator;
  readonly facts: Facts;
  /** Why a request was turned away last. */
  readonly rejection: Rejection = new Rejection();
  private readonly outside: Outside;
  private readonly ids: SequenceIds = new SequenceIds();

  constructor(limits: RoundLimits, allocator: Allocator, outside: Outside) {
    const groups = new Groups<Group>();
    this.groups = groups;
    this.waiting = new WaitingRoom<Group>(groups);
    this.limits = limits;
    this.running = new RunningSet(limits.maxModelLen, allocator.growthSlots);
    this.allocator = allocator;
    this.facts = outside.facts;
    this.outside = outside;
  }

  /** Tokens a prefill of the group computes: the prompt once, each sequence's generated tokens. */
  @inline
  prefillTokens(group: Group): i64 {
    return group.promptTokens + <i64>group.live * group.generated;
  }

  /** Admits the head, `tokens` of which are to be computed, into the round's prefills, or leaves it where it is. */
  admitHead(round: Round, group: Group, tokens: i32): bool {
    if (!group.isNamed) this.nameSequences(group);
    const allocator = this.allocator;
    if (!allocator.admit(group)) {
      round.refuse(allocator.answer.reason);
      return false;
    }
    this.waiting.popFront();
    this.admittedSequences += group.seats;
    group.roomTokens = allocator.answer.roomTokens;
    round.prefill(group, tokens);
    this.facts.admitted(round.atNs, group, 0);
    return true;
  }

  /** The swapped group that arrived first. */
  get firstSwapped(): Group {
    return this.swappedGroups[0]!;
  }

  /** The id of a swapped group, the first to come back at 0. */
  swappedIdAt(place: i32): i32 {
    return this.swappedGroups[place]!.id;
  }

  /** A group has been swapped out. */
  addSwapped(group: Group): void {
    if (this.swapped === this.swappedGroups.length)
      this.swappedGroups = enlargedGroups<Group>(this.swappedGroups, 2 * this.swapped);
    const groups = this.swappedGroups;
    let place = this.swapped;
    for (; place > 0 && groups[place - 1]!.id > group.id; place -= 1)
      groups[place] = groups[place - 1];
    groups[place] = group;
    this.swapped += 1;
  }

  /** The first swapped group comes back. */
  takeSwapped(): void {
    const groups = this.swappedGroups;
    this.swapped -= 1;
    for (let place = 0; place < this.swapped; place += 1) groups[place] = groups[place + 1];
    groups[this.swapped] = null;
  }

  /** Why the allocator's last refusal, which was for good, turns a request away: more than the pool, or more than the watermark leaves. */
  rejectForGood(): void {
    const answer = this.allocator.answer;
    const code = answer.need > answer.pool ? POOL : WATERMARK;
    this.rejection.set(code, answer.need, answer.pool);
  }

  /** Gives up a group that was running and whose memory is free already, as {@link rejection} says. */
  fail(round: Round, group: Group): void {
    round.failures += 1;
    this.forget(group);
    this.failed(round.atNs, group, false);
  }

  /** Tells of the end of a request that was never admitted, as {@link rejection} says. */
  rejected(atNs: f64, group: Group): void {
    this.facts.rejected(atNs, group.id, this.rejection);
    this.end(group, atNs);
  }

  failed(atNs: f64, group: Group, wasWaiting: bool): void {
    this.facts.failed(atNs, group, wasWaiting, this.rejection);
    this.end(group, atNs);
  }

  finished(atNs: f64, group: Group): void {
    this.facts.finished(atNs, group);
    this.end(group, atNs);
  }

  /** Takes back the names of a group that holds nothing and will not run again. */
  forget(group: Group): void {
    if (!group.isNamed) return;
    for (let index = 0; index < group.live; index += 1) this.ids.give(group.sequences[index]);
    group.isNamed = false;
  }

  /** The sequence at `index` has ended: frees what it holds. */
  endSequence(group: Group, index: i32): void {
    const sequence = group.sequences[index];
    group.endSequence(index);
    this.allocator.release(sequence);
    this.ids.give(sequence);
    this.admittedSequences -= 1;
  }

  /** Takes a running group out of the batch and frees its memory. */
  evict(group: Group): void {
    this.running.remove(group);
    this.admittedSequences -= group.seats;
    for (let index = 0; index < group.live; index += 1)
      this.allocator.release(group.sequences[index]);
  }

  private end(group: Group, atNs: f64): void {
    const user = group.user;
    this.groups.give(group);
    this.outside.ended(user, atNs);
  }

  private nameSequences(group: Group): void {
    for (let index = 0; index < group.live; index += 1) group.sequences[index] = this.ids.take();
    group.isNamed = true;
  }
}
