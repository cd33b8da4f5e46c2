import type { BuiltAllocator } from "./allocators/definition.ts";
import type { Config, SetupConfig } from "./config/config.ts";
import {
  addTime,
  compareTime,
  type ExactTime,
  type Nanoseconds,
  seriesTotal,
} from "./core/time.ts";
import { runEvents } from "./engine/engine.ts";
import { EventQueue } from "./engine/event-queue.ts";
import type { Fact } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import type { Collector } from "./metrics/collector.ts";
import type { Ending } from "./metrics/verdict.ts";
import { SequenceGroup, type Tokens } from "./request.ts";
import { capOutputs, emptyWaitingRoom, whyTurnedAway } from "./scheduler/arrival.ts";
import { completeIterations } from "./scheduler/completion.ts";
import { schedulerPolicy } from "./scheduler/index.ts";
import { firstTokens, freeShareOf, quietIterations, workOf } from "./scheduler/iterations.ts";
import { newRound, type Round, type SchedulerPolicyRules } from "./scheduler/scheduler.ts";
import { ServingState } from "./scheduler/serving-state.ts";
import type { Arrival, RequestStream } from "./workload/workload.ts";

/** The parts of one run. */
export interface ReplicaParts {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "maxModelLen">;
  readonly stream: RequestStream;
  readonly latency: LatencyModel;
  readonly built: BuiltAllocator;
  readonly collector: Collector;
  /** Called now and then with the number of requests that have ended. */
  readonly onProgress: (ended: number) => void;
}

type ReplicaEvent =
  | { readonly kind: "iterations-end"; readonly atNs: Nanoseconds; readonly priority: 0 }
  | {
      readonly kind: "arrival";
      readonly atNs: Nanoseconds;
      /** At one instant the stream's own arrivals come before those that users' ended requests cause. */
      readonly priority: 1 | 2;
      readonly arrival: Arrival;
    };

/** Iterations under way: `steps` equal ones from `start` to `end`. */
interface Batch {
  readonly round: Round;
  readonly steps: number;
  readonly end: ExactTime;
  readonly fact: Extract<Fact, { kind: "iterated" }>;
}

const PROGRESS_INTERVAL = 512;

/** One replica serving one stream of requests: the event switch, and what leads from one event to the next. */
export class Replica {
  /** How the run ended, if early. */
  ending: Ending | null = null;
  outputsCapped = 0;
  readonly #parts: ReplicaParts;
  readonly #policy: SchedulerPolicyRules;
  readonly #state: ServingState;
  readonly #queue = new EventQueue<ReplicaEvent>();
  #batch: Batch | null = null;
  /** Exact end of the last iteration. */
  #lastEnd: ExactTime = { ns: 0, ticks: 0 };
  /** Copies that forks ordered since the last round. */
  #pendingCopies: Tokens = 0;
  #requests = 0;
  #ended = 0;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#policy = schedulerPolicy(parts.setup);
    this.#state = new ServingState({
      ...parts.built,
      limits: parts.setup.scheduler,
      maxModelLen: parts.config.maxModelLen,
      emit: (fact) => this.#emit(fact),
    });
  }

  /** Serves until nothing is left to happen; returns the last instant. */
  run(): Nanoseconds {
    this.#expectArrival();
    const endNs = runEvents(
      this.#queue,
      (event) => this.#handle(event),
      (nowNs) => this.#settle(nowNs),
    );
    this.#parts.collector.end(endNs);
    return endNs;
  }

  /** Requests that wait, run or are swapped out. */
  get present(): number {
    const { waiting, swapped, running } = this.#state;
    return waiting.size + swapped.length + running.size + (this.#batch?.round.prefills.length ?? 0);
  }

  #handle(event: ReplicaEvent): void {
    switch (event.kind) {
      case "iterations-end":
        return this.#endIterations();
      case "arrival":
        return this.#arrive(event.arrival);
    }
  }

  #expectArrival(): void {
    const arrival = this.#parts.stream.nextArrival();
    if (arrival !== null) this.#push(arrival, 1);
  }

  #push(arrival: Arrival, priority: 1 | 2): void {
    this.#queue.push({ kind: "arrival", atNs: arrival.atNs, priority, arrival });
  }

  #arrive(arrival: Arrival): void {
    const { stream, config } = this.#parts;
    const sent = stream.create(this.#requests, arrival);
    const request = capOutputs(sent, config.maxModelLen);
    if (request !== sent) this.outputsCapped += 1;
    this.#requests += 1;
    this.#emit({ kind: "arrived", atNs: arrival.atNs, request });
    const group = new SequenceGroup(request);
    const refusal = whyTurnedAway(this.#state, group, config.maxModelLen);
    if (refusal === null) this.#state.enqueue(group);
    else this.#emit({ kind: "rejected", atNs: arrival.atNs, request, refusal });
    this.#expectArrival();
  }

  /** All events of this instant are handled: if nothing runs, decides what runs next. False ends the run. */
  #settle(nowNs: Nanoseconds): boolean {
    if (this.#batch !== null) return true;
    const now = { ns: nowNs, ticks: 0 };
    const start = compareTime(this.#lastEnd, now) > 0 ? this.#lastEnd : now;
    this.#emit({ kind: "idled", end: start });
    for (;;) {
      const round = newRound(nowNs, this.#pendingCopies);
      this.#policy.schedule(this.#state, round);
      if (round.aborted !== null) return this.#abort(round.aborted);
      emptyWaitingRoom(this.#state, round);
      if (round.prefills.length > 0 || round.decodes || round.swappedBlocks > 0) {
        this.#begin(round, start);
        return true;
      }
      if (round.preempted || round.failed) continue;
      return !this.#isStuck() || this.#stall();
    }
  }

  #begin(round: Round, start: ExactTime): void {
    this.#pendingCopies = 0;
    const work = workOf(this.#state, round);
    const price = this.#parts.latency.price(work);
    const nextNs = this.#queue.peek()?.atNs ?? null;
    const steps = quietIterations(this.#state, this.#policy, round, price, start, nextNs);
    const end = addTime(start, seriesTotal(price.series, steps));
    const freeShare = freeShareOf(round);
    const first = firstTokens(round);
    this.#batch = {
      round,
      steps,
      end,
      fact: { kind: "iterated", start, steps, price, work, firstTokens: first, freeShare },
    };
    this.#queue.push({ kind: "iterations-end", atNs: end.ns, priority: 0 });
  }

  #endIterations(): void {
    const { round, steps, end, fact } = this.#batch!;
    this.#batch = null;
    this.#lastEnd = end;
    this.#emit(fact);
    this.#pendingCopies += completeIterations(this.#state, round, steps, end.ns);
  }

  #isStuck(): boolean {
    return this.#state.waiting.size > 0 || this.#state.swapped.length > 0;
  }

  /** Nothing runs and nothing can: the first swapped group, or the head, waits for good. */
  #stall(): false {
    const { swapped, waiting, swapping, allocator } = this.#state;
    const group = swapped[0] ?? waiting.front()!;
    const refusal =
      swapped.length > 0
        ? swapping!.wouldNeverReturn(group)
        : allocator.wouldNever(group, this.#state.admission(group));
    const need = refusal?.need ?? group.knownTokens;
    this.ending = { status: "stalled", request: group.id, need, have: allocator.usage.slots };
    return false;
  }

  #abort({ group, refusal }: NonNullable<Round["aborted"]>): false {
    const { need, free } = refusal;
    this.ending = { status: "aborted", request: group.id, need, have: free };
    return false;
  }

  #emit(fact: Fact): void {
    this.#parts.collector.add(fact);
    if (fact.kind === "finished" || fact.kind === "failed")
      this.#afterEnd(fact.group.request.user, fact.atNs);
    else if (fact.kind === "rejected") this.#afterEnd(fact.request.user, fact.atNs);
  }

  /** A request has ended; in a closed loop its user sends another. */
  #afterEnd(user: number | null, atNs: Nanoseconds): void {
    this.#ended += 1;
    if (this.#ended % PROGRESS_INTERVAL === 0) this.#parts.onProgress(this.#ended);
    const nextNs = user === null ? null : this.#parts.stream.nextOfUser(user, atNs);
    if (nextNs !== null) this.#push({ atNs: nextNs, user }, 2);
  }
}
