import type { Admission, Allocator, Refusal, Swapping } from "../allocators/allocator.ts";
import type { Reservation } from "../allocators/reservation.ts";
import type { RoundSchedulerConfig } from "../config/config.ts";
import { Deque } from "../core/deque.ts";
import { SequenceIds } from "../core/sequence-ids.ts";
import type { FactSink, Rejection } from "../facts.ts";
import type { SequenceGroup, Tokens } from "../request.ts";
import { RunningSet } from "./running-set.ts";
import type { Round } from "./scheduler.ts";

/** Queues, running set and allocator of one replica, and the moves that every policy is made of. */
export class ServingState {
  readonly waiting = new Deque<SequenceGroup>();
  /** Swapped-out groups, by arrival. */
  readonly swapped: SequenceGroup[] = [];
  readonly running: RunningSet;
  /** Sequences of all admitted, not swapped groups: n before the fork, then the unfinished ones. */
  admittedSequences = 0;
  /** Waiting groups that were never admitted; they stand behind the preempted ones. */
  newcomers = 0;
  readonly limits: RoundSchedulerConfig;
  readonly allocator: Allocator;
  readonly swapping: Swapping | null;
  readonly emit: FactSink;
  readonly #reservation: Reservation | null;
  readonly #ids = new SequenceIds();

  constructor(parts: {
    limits: RoundSchedulerConfig;
    maxModelLen: Tokens;
    allocator: Allocator;
    swapping: Swapping | null;
    reservation: Reservation | null;
    emit: FactSink;
  }) {
    this.limits = parts.limits;
    this.running = new RunningSet(parts.maxModelLen);
    this.allocator = parts.allocator;
    this.swapping = parts.swapping;
    this.emit = parts.emit;
    this.#reservation = parts.reservation;
  }

  enqueue(group: SequenceGroup): void {
    this.waiting.pushBack(group);
    this.newcomers += 1;
  }

  /** Takes out the newcomer that arrived last. */
  dismissNewcomer(): SequenceGroup {
    const group = this.waiting.popBack()!;
    this.newcomers -= 1;
    this.forget(group);
    return group;
  }

  /** What the group asks for now: its prompt, and after a recompute preemption what it had generated. */
  admission(group: SequenceGroup): Admission {
    const reserve = this.#reservation;
    return {
      promptTokens: group.promptTokens,
      generatedTokens: group.generated,
      sequences: group.forked ? group.live : 1,
      reservations:
        reserve === null
          ? null
          : group.outputs.map((output) => reserve(group.promptTokens, output)),
    };
  }

  /** Tokens a prefill of the group computes: the prompt once, each sequence's generated tokens. */
  prefillTokens(group: SequenceGroup): Tokens {
    return group.promptTokens + group.live * group.generated;
  }

  /** Admits the head into the round's prefills, or leaves it where it is. */
  admitHead(round: Round, group: SequenceGroup): boolean {
    this.#nameSequences(group);
    const answer = this.allocator.admit(group, this.admission(group));
    if (!answer.granted) {
      round.refusal = answer;
      return false;
    }
    this.waiting.popFront();
    if (group.admittedNs === null) this.newcomers -= 1;
    this.admittedSequences += group.seats;
    group.roomTokens = answer.roomTokens;
    group.resume(round.atNs);
    round.prefills.push(group);
    this.emit({ kind: "admitted", atNs: round.atNs, group, cachedTokens: answer.cachedTokens });
    return true;
  }

  /** Gives up a group that was running and whose memory is free already. */
  fail(round: Round, group: SequenceGroup, refusal: Refusal): void {
    round.failed = true;
    this.forget(group);
    const { atNs } = round;
    this.emit({ kind: "failed", atNs, group, wasWaiting: false, refusal: rejectionOf(refusal) });
  }

  /** Takes back the names of a group that holds nothing and will not run again. */
  forget(group: SequenceGroup): void {
    for (const sequence of group.sequences) this.#ids.give(sequence);
    group.sequences = [];
  }

  /** The sequence at `index` has ended: frees what it holds. */
  endSequence(group: SequenceGroup, index: number): void {
    const [sequence] = group.sequences.splice(index, 1);
    group.outputs.splice(index, 1);
    this.allocator.release(sequence!);
    this.#ids.give(sequence!);
    this.admittedSequences -= 1;
  }

  /** Takes a running group out of the batch and frees its memory. */
  evict(group: SequenceGroup): void {
    this.running.remove(group);
    this.admittedSequences -= group.seats;
    for (const sequence of group.sequences) this.allocator.release(sequence);
  }

  #nameSequences(group: SequenceGroup): void {
    while (group.sequences.length < group.live) group.sequences.push(this.#ids.take());
  }
}

/** What a refusal for good comes down to: more than the pool, or more than the watermark leaves of it. */
export function rejectionOf(refusal: Refusal): Rejection {
  const code = refusal.need > refusal.pool ? "pool" : "watermark";
  return { code, need: refusal.need, have: refusal.pool };
}
