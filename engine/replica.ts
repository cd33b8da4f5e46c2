import { Clock } from "./core/time";
import { Foreseen } from "./foreseen";
import * as host from "./host";
import { LatencyModel, Price } from "./latency/latency";
import { Iterations, Space } from "./metrics/space";
import { NO_USER } from "./request";
import { Facts } from "./scheduler/facts";
import { GOES_ON, Outside, Serving } from "./scheduler/serving";

const PROGRESS_INTERVAL: i32 = 512;

/** What requests that end lead to. */
@final
export class Aftermath extends Outside {
  /** When the first of the arrivals is due that others caused; Infinity if none is known of. */
  causedNs: f64 = Infinity;
  private endedRequests: i32 = 0;

  ended(user: i32, atNs: f64): void {
    this.endedRequests += 1;
    if (this.endedRequests % PROGRESS_INTERVAL === 0) host.progress(this.endedRequests);
    if (user !== NO_USER) this.causedNs = host.ended(user, atNs);
  }
}

/** One replica serving one stream of requests, by whichever serving side. */
export abstract class Replica {
  nowNs: f64 = 0;
  /** When what runs now ends; Infinity while nothing runs. */
  protected endNs: f64 = Infinity;

  /** Serves through `instants` at which something happens, or until nothing is left to happen; whether anything is left. */
  abstract run(instants: i32): bool;
}

/**
 * The event switch, and what leads from one event to the next. It is compiled anew for each kind of serving side, whose methods then are
 * no virtual calls.
 */
@final
export class ReplicaOf<S extends Serving> extends Replica {
  private readonly serving: S;
  private readonly latency: LatencyModel;
  private readonly facts: Facts;
  private readonly space: Space;
  private readonly aftermath: Aftermath;
  private readonly foreseen: Foreseen;
  /** The exact begin and end of the last iterations, or of those under way. */
  private readonly start: Clock = new Clock();
  private readonly end: Clock = new Clock();
  private readonly untilArrival: Clock = new Clock();
  private readonly iterations: Iterations = new Iterations();
  /** When the next arrival is due that waits for nothing. */
  private knownNs: f64 = 0;

  /** `firstNs`: when the first request arrives. */
  constructor(
    serving: S,
    latency: LatencyModel,
    facts: Facts,
    space: Space,
    aftermath: Aftermath,
    foreseen: Foreseen,
    firstNs: f64,
  ) {
    super();
    this.serving = serving;
    this.latency = latency;
    this.facts = facts;
    this.space = space;
    this.aftermath = aftermath;
    this.foreseen = foreseen;
    this.knownNs = firstNs;
  }

  run(instants: i32): bool {
    for (let left = instants; left > 0; left -= 1) {
      const nextNs = min(this.endNs, this.nextArrivalNs);
      if (nextNs === Infinity || this.serving.ending.status !== GOES_ON) return false;
      this.nowNs = nextNs;
      if (this.endNs === nextNs) this.endIterations();
      while (this.nextArrivalNs === nextNs) this.takeArrival(nextNs);
      if (this.endNs === Infinity) this.settle(nextNs);
    }
    return true;
  }

  @inline
  private get nextArrivalNs(): f64 {
    return min(this.knownNs, this.aftermath.causedNs);
  }

  /** Takes in the next arrival, which is due now: at one instant the known one comes before those that others caused. */
  private takeArrival(nowNs: f64): void {
    if (this.knownNs === nowNs) this.knownNs = this.arriveKnown();
    else this.aftermath.causedNs = host.arriveCaused();
    if (this.knownNs < Infinity) return;
    this.facts.noneExpected(nowNs);
    this.space.windows.reach(nowNs);
  }

  /** The known arrival comes; returns when the one behind it will. */
  @inline
  private arriveKnown(): f64 {
    const foreseen = this.foreseen;
    if (foreseen.left === 0) return host.arriveKnown();
    const group = this.serving.newcomer();
    foreseen.take(group);
    this.facts.arrived(group.arrivalNs, group.id);
    this.serving.arrive(group);
    return foreseen.nextNs;
  }

  /** All events of this instant are handled, and nothing runs: decides what runs next. */
  private settle(nowNs: f64): void {
    if (this.end.ns >= nowNs) this.start.set(this.end);
    else {
      this.start.setNs(nowNs);
      this.space.stay(this.start);
    }
    if (this.serving.next(nowNs)) this.begin();
  }

  private begin(): void {
    const serving = this.serving;
    const price = this.latency.price(serving.work);
    let steps = serving.quietIterations(price);
    this.end.setAfter(this.start, price, steps);
    if (steps > 1 && this.end.ns >= this.nextArrivalNs) steps = this.cutAtArrival(price, steps);
    const iterations = this.iterations;
    iterations.steps = steps;
    iterations.price = price;
    iterations.writers = serving.work.decodeSequences;
    iterations.firstTokens = serving.firstTokens;
    iterations.freeShare = serving.freeShare;
    iterations.growth = serving.grow(steps);
    this.endNs = this.end.ns;
  }

  /** Of `limit` iterations, leaves those that begin before the next arrival, if it matters; returns how many. */
  private cutAtArrival(price: Price, limit: i32): i32 {
    // Only iterations shorter than a nanosecond can end in one nanosecond with an arrival between them.
    if (!this.serving.heedsArrivals && price.first.ns > 0) return limit;
    const steps = this.stepsUntil(this.nextArrivalNs, price, limit);
    this.end.setAfter(this.start, price, steps);
    return steps;
  }

  /** How many of at most `limit` iterations begin before an arrival. */
  private stepsUntil(arrivalNs: f64, price: Price, limit: i32): i32 {
    if (arrivalNs <= this.start.ns) return 1;
    this.untilArrival.setNs(arrivalNs);
    this.untilArrival.setDifference(this.untilArrival, this.start);
    return price.stepsToCover(this.untilArrival, limit);
  }

  private endIterations(): void {
    const iterations = this.iterations;
    const growth = iterations.growth!;
    const work = this.serving.work;
    this.endNs = Infinity;
    this.facts.tally.countIterations(
      iterations.steps,
      work.swappedBlocks,
      iterations.price!.transfer,
    );
    this.facts.collector.ledger.advance(
      iterations.steps,
      iterations.writers,
      growth.grown.total,
      growth.unneeded.total,
    );
    this.space.passTo(this.end, iterations);
    this.serving.complete(iterations.steps, this.end.ns);
  }
}
