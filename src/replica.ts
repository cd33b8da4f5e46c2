import type { Config } from "./config/config.ts";
import type { Mutable } from "./core/mutable.ts";
import { Clock, type Nanoseconds, type StepSeries, stepsToCover } from "./core/time.ts";
import { Timetable } from "./engine/timetable.ts";
import { type Batch, type FactSink, type Iterations, noIterations } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import type { Request, Tokens } from "./request.ts";
import { capOutputs } from "./scheduler/arrival.ts";
import type { Outside, Serving } from "./scheduler/serving.ts";
import { singleSequences } from "./workload/single-sequences.ts";
import type { Arrival, RequestStream } from "./workload/workload.ts";

/** The parts of one run. */
export interface ReplicaParts {
  readonly config: Pick<Config, "maxModelLen">;
  readonly stream: RequestStream;
  /** Whether each sequence of a request is a request of its own (vLLM V1). */
  readonly separates: boolean;
  readonly latency: LatencyModel;
  /** Makes the serving side, which tells all that happens. */
  readonly serve: (outside: Outside) => Serving;
  readonly facts: FactSink;
  /** Called now and then with the number of requests that have ended. */
  readonly onProgress: (ended: number) => void;
}

const PROGRESS_INTERVAL = 512;

/**
 * One replica serving one stream of requests: the event switch, and what leads from one event to the next. Its methods are
 * arrow functions: V8 compiles them, and what it inlines into them, for this one object and its parts (docs/performance.md).
 */
export class Replica {
  readonly serving: Serving;
  outputsCapped = 0;
  private readonly stream: RequestStream;
  private readonly latency: LatencyModel;
  private readonly facts: FactSink;
  private readonly maxModelLen: Tokens;
  private readonly separates: boolean;
  private readonly onProgress: ReplicaParts["onProgress"];
  /** At one instant the stream's own arrivals come before those that users' ended requests cause. */
  readonly #timetable = new Timetable<Arrival>();
  /** The exact begin and end of the last iterations, or of those under way. */
  readonly #start = new Clock();
  readonly #end = new Clock();
  readonly #untilArrival = new Clock();
  /** The iterations under way while the timetable has their end; written anew for the next ones. */
  private readonly iterations: Mutable<Iterations>;
  /** Requests as the stream sent them, and as they are served. */
  #sent = 0;
  #requests = 0;
  #ended = 0;
  /** Of each user of a closed loop: requests that have not ended. */
  readonly #unended = new Map<number, number>();

  constructor(parts: ReplicaParts) {
    this.stream = parts.stream;
    this.latency = parts.latency;
    this.facts = parts.facts;
    this.maxModelLen = parts.config.maxModelLen;
    this.separates = parts.separates;
    this.onProgress = parts.onProgress;
    const ended = (request: Request, atNs: Nanoseconds) => this.afterEnd(request.user, atNs);
    this.serving = parts.serve({ facts: parts.facts, ended });
    this.iterations = noIterations(this.#end);
  }

  /** Serves until nothing is left to happen; returns the last instant. */
  readonly run = (): Nanoseconds => {
    const timetable = this.#timetable;
    let nowNs = 0;
    this.expectArrival();
    while (timetable.nextNs < Infinity && this.serving.ending === null) {
      nowNs = timetable.nextNs;
      if (timetable.endNs === nowNs) this.endIterations();
      while (timetable.nextArrivalNs === nowNs) this.takeArrival(nowNs);
      if (timetable.endNs === Infinity) this.settle(nowNs);
    }
    return nowNs;
  };

  /** Takes in the next arrival, which is due now. */
  private readonly takeArrival = (nowNs: Nanoseconds): void => {
    const timetable = this.#timetable;
    if (timetable.knownIsNext) {
      this.arrive(timetable.known!);
      this.expectArrival();
    } else this.arrive(timetable.takeCaused());
    if (timetable.known === null) this.facts.noneExpected(nowNs);
  };

  private readonly expectArrival = (): void => {
    this.#timetable.known = this.stream.nextArrival();
  };

  private readonly arrive = (arrival: Arrival): void => {
    const sent = this.stream.create(this.#sent, arrival);
    const request = capOutputs(sent, this.maxModelLen);
    if (request !== sent) this.outputsCapped += 1;
    this.#sent += 1;
    if (request.user !== null)
      this.#unended.set(request.user, this.separates ? request.outputTokens.length : 1);
    if (!this.separates) this.take(request);
    else for (const one of singleSequences(request, this.#requests)) this.take(one);
  };

  private readonly take = (request: Request): void => {
    this.#requests += 1;
    this.facts.arrived(request.arrivalNs, request);
    this.serving.arrive(request);
  };

  /** All events of this instant are handled, and nothing runs: decides what runs next. */
  private readonly settle = (nowNs: Nanoseconds): void => {
    if (this.#end.ns >= nowNs) this.#start.set(this.#end);
    else {
      this.#start.setNs(nowNs);
      this.facts.idled(this.#start);
    }
    const batch = this.serving.next(nowNs);
    if (batch !== null) this.begin(batch);
  };

  private readonly begin = (batch: Batch): void => {
    const price = this.latency.price(batch.work);
    let steps = this.serving.quietIterations(price);
    this.#end.setAfter(this.#start, price, steps);
    if (steps > 1 && this.#end.ns >= this.#timetable.nextArrivalNs)
      steps = this.cutAtArrival(price, steps);
    const iterations = this.iterations;
    iterations.steps = steps;
    iterations.price = price;
    iterations.batch = batch;
    iterations.growth = this.serving.grow(steps);
    this.#timetable.endNs = this.#end.ns;
  };

  /** Of `limit` iterations, leaves those that begin before the next arrival, if it matters; returns how many. */
  private readonly cutAtArrival = (series: StepSeries, limit: number): number => {
    // Only iterations shorter than a nanosecond can end in one nanosecond with an arrival between them.
    if (!this.serving.heedsArrivals && series.first.ns > 0) return limit;
    const steps = this.stepsUntil(this.#timetable.nextArrivalNs, series, limit);
    this.#end.setAfter(this.#start, series, steps);
    return steps;
  };

  /** How many of at most `limit` iterations begin before an arrival. */
  private readonly stepsUntil = (
    arrivalNs: Nanoseconds,
    series: StepSeries,
    limit: number,
  ): number => {
    if (arrivalNs <= this.#start.ns) return 1;
    this.#untilArrival.setNs(arrivalNs);
    this.#untilArrival.setDifference(this.#untilArrival, this.#start);
    return stepsToCover(series, this.#untilArrival, limit);
  };

  private readonly endIterations = (): void => {
    this.#timetable.endNs = Infinity;
    this.facts.iterated(this.iterations);
    this.serving.complete(this.iterations.steps, this.#end.ns);
  };

  /** A request has ended; in a closed loop its user sends another. */
  private readonly afterEnd = (user: number | null, atNs: Nanoseconds): void => {
    this.#ended += 1;
    if (this.#ended % PROGRESS_INTERVAL === 0) this.onProgress(this.#ended);
    if (user === null) return;
    const left = this.#unended.get(user)! - 1;
    if (left > 0) {
      this.#unended.set(user, left);
      return;
    }
    this.#unended.delete(user);
    const nextNs = this.stream.nextOfUser(user, atNs);
    if (nextNs !== null) this.#timetable.cause({ atNs: nextNs, user });
  };
}
