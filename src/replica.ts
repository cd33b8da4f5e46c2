import type { Config } from "./config/config.ts";
import {
  addTime,
  compareTime,
  type ExactTime,
  type Nanoseconds,
  seriesTotal,
  ZERO_TIME,
} from "./core/time.ts";
import { runEvents } from "./engine/engine.ts";
import { EventQueue } from "./engine/event-queue.ts";
import type { Fact, FactSink } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import type { Collector } from "./metrics/collector.ts";
import type { Request } from "./request.ts";
import { capOutputs } from "./scheduler/arrival.ts";
import type { Batch, Serving } from "./scheduler/serving.ts";
import { singleSequences } from "./workload/single-sequences.ts";
import type { Arrival, RequestStream } from "./workload/workload.ts";

/** The parts of one run. */
export interface ReplicaParts {
  readonly config: Pick<Config, "maxModelLen">;
  readonly stream: RequestStream;
  /** Whether each sequence of a request is a request of its own (vLLM V1). */
  readonly separates: boolean;
  readonly latency: LatencyModel;
  /** Makes the serving side, which tells all that happens to the sink. */
  readonly serve: (emit: FactSink) => Serving;
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

/** Iterations under way. */
type Iterations = Extract<Fact, { kind: "iterated" }> & { readonly end: ExactTime };

const PROGRESS_INTERVAL = 512;

/** One replica serving one stream of requests: the event switch, and what leads from one event to the next. */
export class Replica {
  readonly serving: Serving;
  outputsCapped = 0;
  readonly #parts: ReplicaParts;
  readonly #queue = new EventQueue<ReplicaEvent>();
  #iterations: Iterations | null = null;
  /** Exact end of the last iteration. */
  #lastEnd: ExactTime = ZERO_TIME;
  /** Requests as the stream sent them, and as they are served. */
  #sent = 0;
  #requests = 0;
  #ended = 0;
  /** Of each user of a closed loop: requests that have not ended. */
  readonly #unended = new Map<number, number>();

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.serving = parts.serve((fact) => this.#emit(fact));
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

  #handle(event: ReplicaEvent): void {
    switch (event.kind) {
      case "iterations-end":
        return this.#endIterations();
      case "arrival":
        this.#arrive(event.arrival);
        if (event.priority === 1) this.#expectArrival();
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
    const { stream, config, separates } = this.#parts;
    const sent = stream.create(this.#sent, arrival);
    const request = capOutputs(sent, config.maxModelLen);
    if (request !== sent) this.outputsCapped += 1;
    this.#sent += 1;
    const served = separates ? singleSequences(request, this.#requests) : [request];
    if (request.user !== null) this.#unended.set(request.user, served.length);
    for (const one of served) this.#take(one);
  }

  #take(request: Request): void {
    this.#requests += 1;
    this.#emit({ kind: "arrived", atNs: request.arrivalNs, request });
    this.serving.arrive(request);
  }

  /** All events of this instant are handled: if nothing runs, decides what runs next. False ends the run. */
  #settle(nowNs: Nanoseconds): boolean {
    if (this.#iterations !== null) return true;
    const now = { ns: nowNs, ticks: 0 };
    const start = compareTime(this.#lastEnd, now) > 0 ? this.#lastEnd : now;
    this.#emit({ kind: "idled", end: start });
    const batch = this.serving.next(nowNs);
    if (batch !== null) this.#begin(batch, start);
    return this.serving.ending === null;
  }

  #begin(batch: Batch, start: ExactTime): void {
    const price = this.#parts.latency.price(batch.work);
    const nextNs = this.#queue.peek()?.atNs ?? null;
    const steps = this.serving.quietIterations(price, start, nextNs);
    const end = addTime(start, seriesTotal(price.series, steps));
    this.#iterations = { kind: "iterated", start, steps, price, ...batch, end };
    this.#queue.push({ kind: "iterations-end", atNs: end.ns, priority: 0 });
  }

  #endIterations(): void {
    const iterations = this.#iterations!;
    this.#iterations = null;
    this.#lastEnd = iterations.end;
    this.#emit(iterations);
    this.serving.complete(iterations.steps, iterations.end.ns);
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
    if (user === null) return;
    const left = this.#unended.get(user)! - 1;
    if (left > 0) {
      this.#unended.set(user, left);
      return;
    }
    this.#unended.delete(user);
    const nextNs = this.#parts.stream.nextOfUser(user, atNs);
    if (nextNs !== null) this.#push({ atNs: nextNs, user }, 2);
  }
}
