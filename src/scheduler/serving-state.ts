import type { Admission, Allocator, Refusal, Swapping } from "../allocators/allocator.ts";
import type { Reservation } from "../allocators/reservation.ts";
import type { RoundSchedulerConfig } from "../config/scheduler-config.ts";
import { Growth } from "../core/growth.ts";
import type { Mutable } from "../core/mutable.ts";
import { SequenceIds } from "../core/sequence-ids.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { FactSink, Rejection } from "../facts.ts";
import { type Request, SequenceGroup, type Tokens } from "../request.ts";
import { RunningSet } from "./running-set.ts";
import type { Round } from "./scheduler.ts";
import type { Outside } from "./serving.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** Queues, running set and allocator of one replica, and the moves that every policy is made of. */
export class ServingState {
  readonly waiting = new WaitingRoom<SequenceGroup>((request) => new SequenceGroup(request));
  /** Swapped-out groups, by arrival. */
  readonly swapped: SequenceGroup[] = [];
  readonly running: RunningSet;
  /** What the running groups were given since the last decode round began. */
  readonly growth = new Growth();
  /** Sequences of all admitted, not swapped groups: n before the fork, then the unfinished ones. */
  admittedSequences = 0;
  readonly limits: RoundSchedulerConfig;
  /** A prompt longer than that is given up when its turn comes. */
  readonly maxPromptTokens: Tokens;
  readonly allocator: Allocator;
  readonly swapping: Swapping | null;
  readonly facts: FactSink;
  private readonly reservation: Reservation | null;
  /** Written anew for every question. */
  readonly #ask: Mutable<Admission> = {
    promptTokens: 0,
    generatedTokens: 0,
    sequences: 1,
    reservations: null,
  };
  private readonly ended: Outside["ended"];
  readonly #ids = new SequenceIds();

  constructor(parts: {
    limits: RoundSchedulerConfig;
    maxModelLen: Tokens;
    /** An iteration's limit if absent: longer prompts were turned away on arrival. */
    maxPromptTokens?: Tokens;
    allocator: Allocator;
    swapping: Swapping | null;
    reservation: Reservation | null;
    outside: Outside;
  }) {
    this.limits = parts.limits;
    this.maxPromptTokens = parts.maxPromptTokens ?? parts.limits.maxBatchedTokens;
    this.running = new RunningSet(parts.maxModelLen, parts.allocator.growthSlots);
    this.allocator = parts.allocator;
    this.swapping = parts.swapping;
    this.facts = parts.outside.facts;
    this.ended = parts.outside.ended;
    this.reservation = parts.reservation;
  }

  /** What the group asks for now: its prompt, and after a recompute preemption what it had generated. Good until the next call. */
  admission(group: SequenceGroup): Admission {
    const ask = this.#ask;
    const reserve = this.reservation;
    ask.promptTokens = group.promptTokens;
    ask.generatedTokens = group.generated;
    ask.sequences = group.forked ? group.live : 1;
    if (reserve !== null)
      ask.reservations =
        group.live === 1
          ? [reserve(group.promptTokens, group.outputs[0]!)]
          : group.outputs.map((output) => reserve(group.promptTokens, output));
    return ask;
  }

  /** Tokens a prefill of the group computes: the prompt once, each sequence's generated tokens. */
  prefillTokens(group: SequenceGroup): Tokens {
    return group.promptTokens + group.live * group.generated;
  }

  /** Admits the head, `tokens` of which are to be computed, into the round's prefills, or leaves it where it is. */
  admitHead(round: Round, group: SequenceGroup, tokens: Tokens): boolean {
    this.#nameSequences(group);
    const answer = this.allocator.admit(group, this.admission(group));
    if (!answer.granted) {
      round.refuse(answer);
      return false;
    }
    this.waiting.popFront();
    this.admittedSequences += group.seats;
    group.roomTokens = answer.roomTokens;
    round.prefill(group, tokens);
    this.facts.admitted(round.atNs, group, answer.cachedTokens);
    return true;
  }

  /** Gives up a group that was running and whose memory is free already. */
  fail(round: Round, group: SequenceGroup, refusal: Rejection): void {
    round.failures += 1;
    this.forget(group);
    this.failed(round.atNs, group, false, refusal);
  }

  /** Tells of the end of a request that was never admitted. */
  rejected(atNs: Nanoseconds, request: Request, refusal: Rejection): void {
    this.facts.rejected(atNs, request, refusal);
    this.ended(request, atNs);
  }

  failed(atNs: Nanoseconds, group: SequenceGroup, wasWaiting: boolean, refusal: Rejection): void {
    this.facts.failed(atNs, group, wasWaiting, refusal);
    this.ended(group.request, atNs);
  }

  finished(atNs: Nanoseconds, group: SequenceGroup): void {
    this.facts.finished(atNs, group);
    this.ended(group.request, atNs);
  }

  /** Takes back the names of a group that holds nothing and will not run again. */
  forget(group: SequenceGroup): void {
    for (const sequence of group.sequences) this.#ids.give(sequence);
    group.unname();
  }

  /** The sequence at `index` has ended: frees what it holds. */
  endSequence(group: SequenceGroup, index: number): void {
    const sequence = group.endSequence(index);
    this.allocator.release(sequence);
    this.#ids.give(sequence);
    this.admittedSequences -= 1;
  }

  /** Takes a running group out of the batch and frees its memory. */
  evict(group: SequenceGroup): void {
    this.running.remove(group);
    this.admittedSequences -= group.seats;
    for (const sequence of group.sequences) this.allocator.release(sequence);
  }

  #nameSequences(group: SequenceGroup): void {
    if (group.sequences.length > 0) return;
    if (group.live === 1) group.sequences = [this.#ids.take()];
    else group.sequences = group.outputs.map(() => this.#ids.take());
  }
}

/** What a refusal for good comes down to: more than the pool, or more than the watermark leaves of it. */
export function rejectionOf(refusal: Refusal): Rejection {
  const code = refusal.need > refusal.pool ? "pool" : "watermark";
  return { code, need: refusal.need, have: refusal.pool };
}
