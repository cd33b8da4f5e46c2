import type { Pool } from "../allocators/allocator.ts";
import type { MeasureConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { compareTime, NANOSECONDS_PER_SECOND, type Nanoseconds } from "../core/time.ts";
import type { Fact } from "../facts.ts";
import type { SequenceGroup, Slots } from "../request.ts";
import { Fingerprint } from "./fingerprint.ts";
import { Integrator } from "./integrator.ts";
import { Latencies, timePerOutputToken, timeToFirstToken } from "./latencies.ts";
import { Ledger, type LedgerTotals } from "./ledger.ts";
import { Population } from "./population.ts";
import type { FreeShare } from "./shares.ts";
import { Tally } from "./tally.ts";
import type { TurnedAway } from "./verdict.ts";

/** Columns of the space integrals; the first is the one that grows while iterations run. */
export const SPACE = {
  tokenStates: 0,
  /** Token states and reserved slots together. */
  useful: 1,
  internal: 2,
  rounding: 3,
  external: 4,
  remainder: 5,
  idle: 6,
  /** Slots in use, a shared one once; and as the sequences' tables reach them, once for each. */
  held: 7,
  reached: 8,
  largestHole: 9,
  /** Free slots with content that could be hit. */
  cached: 10,
} as const;

const SPACE_COLUMNS = Object.keys(SPACE).length;

/** Listens to the facts of one run and keeps what its result is made of; nothing here feeds back into the run. */
export class Collector {
  readonly tally = new Tally();
  readonly fingerprint = new Fingerprint();
  readonly latencies = new Latencies();
  readonly population: Population;
  readonly space: Integrator;
  readonly turnedAway: TurnedAway[] = [];
  /** Requests that finished in the window. */
  finishedInWindow = 0;
  /** Finished requests that arrived in the window and met the objective. */
  good = 0;
  runningPeak = 0;
  freeLeast: Slots;
  waitingAtLastArrival = 0;
  lastArrivalNs: Nanoseconds = 0;
  readonly #pool: Pool;
  readonly #measure: MeasureConfig;
  readonly #ledger: Ledger;
  /** Finished since the last arrival: in the window only if another request arrives. */
  #finishedSince = 0;

  constructor(pool: Pool, measure: MeasureConfig) {
    this.#pool = pool;
    this.#measure = measure;
    this.#ledger = new Ledger((sequence) => pool.holding(sequence));
    this.population = new Population(measure.fromNs, measure.until);
    this.space = new Integrator(SPACE_COLUMNS, measure.fromNs, measure.until);
    this.freeLeast = pool.usage.free;
  }

  /** What all groups hold together now. */
  get holdings(): Readonly<LedgerTotals> {
    return this.#ledger.totals;
  }

  readonly add = (fact: Fact): void => {
    this.tally.apply(fact);
    if (fact.kind === "iterated") return this.#iterated(fact);
    if (fact.kind === "idled") return this.space.addConstant(fact.end, this.#amounts("idle"));
    if (fact.kind === "extended")
      return this.#ledger.book(fact.group, fact.writtenTokens, fact.decodes);
    this.fingerprint.add(fact);
    this.population.apply(fact);
    this.#book(fact);
  };

  /** The run has ended at `atNs`: closes what is still open. */
  end(atNs: Nanoseconds): void {
    this.space.addConstant({ ns: atNs, ticks: 0 }, this.#amounts("idle"));
    this.population.advanceTo(atNs);
    this.space.finish();
    this.population.integrator.finish();
  }

  #iterated(fact: Extract<Fact, { kind: "iterated" }>): void {
    assert(compareTime(fact.start, this.space.position) >= 0, "iterations overlap");
    const { series } = fact.price;
    const writers = fact.work.decodeSequences;
    this.runningPeak = Math.max(this.runningPeak, this.population.running);
    this.freeLeast = Math.min(this.freeLeast, this.#pool.usage.free);
    const emitted = writers + fact.firstTokens;
    this.space.addSteps(series, fact.steps, this.#amounts(fact.freeShare), writers, emitted);
    this.#ledger.advance(fact.steps, writers);
  }

  #book(fact: Exclude<Fact, { kind: "iterated" | "idled" | "extended" }>): void {
    switch (fact.kind) {
      case "arrived":
        this.#arrived(fact.atNs);
        break;
      case "rejected":
        this.#turnAway("rejected", fact.request.id, fact.refusal);
        break;
      case "admitted":
        this.#ledger.book(fact.group, fact.cachedTokens, false);
        break;
      case "computed":
        this.#ledger.book(fact.group, fact.writtenTokens, false);
        break;
      case "grew":
      case "forked":
      case "prefilled":
      case "swapped-in":
        this.#ledger.book(fact.group, fact.writtenTokens, true);
        break;
      case "sequence-finished":
        if (fact.group.live === 0) this.#ledger.erase(fact.group);
        else this.#ledger.book(fact.group, fact.writtenTokens, true);
        break;
      case "preempted":
        this.#ledger.erase(fact.group);
        break;
      case "failed":
        this.#ledger.erase(fact.group);
        this.#turnAway("failed", fact.group.id, fact.refusal);
        break;
      case "finished":
        this.#finish(fact.group, fact.atNs);
        break;
    }
  }

  #arrived(atNs: Nanoseconds): void {
    this.lastArrivalNs = atNs;
    this.waitingAtLastArrival = this.population.waiting;
    if (this.#measure.until !== "last-arrival") return;
    this.space.reach(atNs);
    this.population.integrator.reach(atNs);
    this.finishedInWindow += this.#finishedSince;
    this.#finishedSince = 0;
  }

  #finish(group: SequenceGroup, atNs: Nanoseconds): void {
    const { fromNs, until } = this.#measure;
    if (atNs > fromNs) {
      const untilNs = until === "last-arrival" ? this.lastArrivalNs : until;
      if (untilNs === "end" || atNs <= untilNs) this.finishedInWindow += 1;
      else if (until === "last-arrival") this.#finishedSince += 1;
    }
    const { arrivalNs } = group.request;
    if (arrivalNs < fromNs || (typeof until === "number" && arrivalNs > until)) return;
    this.latencies.add(group, atNs);
    if (this.#meetsObjective(group, atNs)) this.good += 1;
  }

  #meetsObjective(group: SequenceGroup, atNs: Nanoseconds): boolean {
    const { slo } = this.#measure;
    const ttft = timeToFirstToken(group) / NANOSECONDS_PER_SECOND;
    const tpot = (timePerOutputToken(group, atNs) ?? 0) / NANOSECONDS_PER_SECOND;
    return ttft <= (slo?.ttftSeconds ?? Infinity) && tpot <= (slo?.tpotSeconds ?? Infinity);
  }

  /** What the pool holds now, in the order of {@link SPACE}. */
  #amounts(freeShare: FreeShare): number[] {
    const { free, held, unusable, largestHole, cached = 0 } = this.#pool.usage;
    const { tokenStates, reserved, internal, rounding, reached } = this.#ledger.totals;
    // Blocks that requests share are full, and each of them has booked them as written.
    const sharedAgain = tokenStates + reserved + internal + rounding - held;
    const written = tokenStates - sharedAgain;
    return [
      written,
      written + reserved,
      internal,
      rounding + unusable,
      freeShare === "external" ? free : 0,
      freeShare === "remainder" ? free : 0,
      freeShare === "idle" ? free : 0,
      held,
      reached,
      largestHole,
      cached,
    ];
  }

  #turnAway(kind: TurnedAway["kind"], request: number, rejection: TurnedAway["rejection"]): void {
    const known = this.turnedAway.findIndex(
      (away) => away.kind === kind && away.rejection.code === rejection.code,
    );
    const before = this.turnedAway[known];
    if (before === undefined)
      this.turnedAway.push({ kind, rejection, firstRequest: request, count: 1 });
    else this.turnedAway[known] = { ...before, count: before.count + 1 };
  }
}
