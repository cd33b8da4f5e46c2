import type { Pool } from "../allocators/allocator.ts";
import type { MeasureConfig } from "../config/config.ts";
import type { ExactTime, Nanoseconds } from "../core/time.ts";
import type { Eviction, FactSink, Iterations, Rejection } from "../facts.ts";
import type { Request, SequenceGroup, Slots, Tokens } from "../request.ts";
import { DECISION as CODES, type Fingerprint } from "./fingerprint.ts";
import { Latencies } from "./latencies.ts";
import { Ledger, type LedgerTotals } from "./ledger.ts";
import { Population } from "./population.ts";
import { Space } from "./space.ts";
import { Tally } from "./tally.ts";
import { TurnedAwayCounts } from "./turned-away.ts";

/** A constant of this module, unlike an import, is not looked up each time. */
const DECISION = CODES;

/** Listens to the facts of one run and keeps what its result is made of; nothing here feeds back into the run. */
export class Collector implements FactSink {
  readonly tally = new Tally();
  readonly fingerprint: Fingerprint;
  readonly latencies: Latencies;
  readonly population: Population;
  readonly space: Space;
  readonly turnedAway = new TurnedAwayCounts();
  /** Requests that finished in the window. */
  finishedInWindow = 0;
  runningPeak = 0;
  /** Slots that can never be handed out. */
  readonly unusable: Slots;
  waitingAtLastArrival = 0;
  lastArrivalNs: Nanoseconds = 0;
  readonly #measure: MeasureConfig;
  readonly #ledger: Ledger;
  /** Finished since the last arrival: in the window only if another request arrives, or would have if the run had not ended. */
  #finishedSince = 0;
  #mayBeLast = false;

  constructor(pool: Pool, measure: MeasureConfig, fingerprint: Fingerprint) {
    this.fingerprint = fingerprint;
    this.#measure = measure;
    this.#ledger = new Ledger(pool);
    this.latencies = new Latencies(measure.slo);
    this.population = new Population(measure.fromNs, measure.until);
    this.space = new Space(pool, this.#ledger.totals, measure.fromNs, measure.until);
    this.unusable = pool.usage.unusable;
  }

  /** What all groups hold together now. */
  get holdings(): Readonly<LedgerTotals> {
    return this.#ledger.totals;
  }

  arrived(atNs: Nanoseconds, { id }: Request): void {
    this.fingerprint.decide(DECISION.arrived, id, atNs);
    this.tally.arrived += 1;
    this.population.enter(atNs);
    this.lastArrivalNs = atNs;
    this.waitingAtLastArrival = this.population.waiting;
    this.finishedInWindow += this.#finishedSince;
    this.#finishedSince = 0;
  }

  noneExpected(atNs: Nanoseconds): void {
    this.#mayBeLast = true;
    if (this.#measure.until !== "last-arrival") return;
    this.space.windows.reach(atNs);
    this.population.windows.reach(atNs);
  }

  rejected(atNs: Nanoseconds, { id }: Request, refusal: Rejection): void {
    this.fingerprint.decide(DECISION.rejected, id, atNs);
    this.tally.rejected += 1;
    this.population.leave(atNs);
    this.turnedAway.add("rejected", id, refusal);
  }

  admitted(atNs: Nanoseconds, group: SequenceGroup, cachedTokens: Tokens): void {
    this.fingerprint.decide(DECISION.admitted, group.id, atNs);
    this.fingerprint.addFigure(cachedTokens);
    this.tally.countAdmitted(group, cachedTokens);
    this.population.start(group.live, atNs);
    this.latencies.admit(group, atNs);
    this.#ledger.book(group, cachedTokens, false);
  }

  copied(atNs: Nanoseconds, group: SequenceGroup, copiedTokens: Tokens): void {
    this.fingerprint.decide(DECISION.copied, group.id, atNs);
    this.fingerprint.addFigure(copiedTokens);
    this.tally.copyOnWriteTokens += copiedTokens;
  }

  forked(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    copiedTokens: Tokens,
  ): void {
    this.fingerprint.decide(DECISION.forked, group.id, atNs);
    this.fingerprint.addFigure(copiedTokens);
    this.#ledger.book(group, writtenTokens, true);
  }

  preempted(atNs: Nanoseconds, group: SequenceGroup, eviction: Eviction): void {
    const isSwap = eviction.mode === "swap";
    this.fingerprint.decide(DECISION.preempted, group.id, atNs);
    this.fingerprint.addFigure(isSwap ? 1 : 0);
    this.fingerprint.addFigure(eviction.lostTokens);
    this.fingerprint.addFigure(eviction.swappedBlocks);
    this.tally.countPreempted(group, eviction, this.latencies.hasEmitted(group));
    this.latencies.preempt(group, atNs);
    this.population.stop(group.live, atNs);
    if (isSwap) this.population.swap(1, atNs);
    this.#ledger.erase(group);
  }

  swappedIn(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    swappedBlocks: number,
  ): void {
    this.fingerprint.decide(DECISION.swappedIn, group.id, atNs);
    this.fingerprint.addFigure(swappedBlocks);
    this.tally.swappedInBlocks += swappedBlocks;
    this.latencies.admit(group, atNs);
    this.population.swap(-1, atNs);
    this.population.start(group.live, atNs);
    this.#ledger.book(group, writtenTokens, true);
  }

  prefilled(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void {
    this.fingerprint.decide(DECISION.prefilled, group.id, atNs);
    this.fingerprint.addFigure(tokens);
    this.tally.countComputed(group, tokens);
    this.latencies.emit(group, atNs);
    this.#ledger.write(group, writtenTokens, true);
  }

  computed(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void {
    this.fingerprint.decide(DECISION.computed, group.id, atNs);
    this.fingerprint.addFigure(tokens);
    this.tally.countComputed(group, tokens);
    this.#ledger.write(group, writtenTokens, false);
  }

  extended(group: SequenceGroup, writtenTokens: Tokens, decodes: boolean): void {
    this.#ledger.book(group, writtenTokens, decodes);
  }

  sequenceFinished(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    index: number,
  ): void {
    this.fingerprint.decide(DECISION.sequenceFinished, group.id, atNs);
    this.fingerprint.addFigure(index);
    if (group.live === 0) return this.#ledger.erase(group);
    this.population.endSibling(atNs);
    this.#ledger.book(group, writtenTokens, true);
  }

  finished(atNs: Nanoseconds, group: SequenceGroup): void {
    this.fingerprint.decide(DECISION.finished, group.id, atNs);
    this.tally.finished += 1;
    this.population.stop(1, atNs);
    this.population.leave(atNs);
    if (atNs > this.#measure.fromNs) this.#countFinished(atNs);
    if (this.#arrivedInWindow(group)) this.latencies.count(group, atNs);
    this.latencies.forget(group);
  }

  failed(atNs: Nanoseconds, group: SequenceGroup, wasWaiting: boolean, refusal: Rejection): void {
    this.fingerprint.decide(DECISION.failed, group.id, atNs);
    this.tally.failed += 1;
    if (!wasWaiting) this.population.stop(group.live, atNs);
    this.population.leave(atNs);
    this.#ledger.erase(group);
    this.latencies.forget(group);
    this.turnedAway.add("failed", group.id, refusal);
  }

  iterated(iterations: Iterations): void {
    const { steps, batch, growth } = iterations;
    this.tally.countIterations(iterations);
    this.runningPeak = Math.max(this.runningPeak, this.population.running);
    this.#ledger.grow(growth);
    this.space.iterate(iterations);
    this.#ledger.advance(steps, batch.work.decodeSequences);
  }

  idled(end: ExactTime): void {
    this.space.stay(end);
  }

  /** The run has ended at `atNs`: closes what is still open. */
  end(atNs: Nanoseconds): void {
    this.idled({ ns: atNs, ticks: 0 });
    this.space.finish();
    this.population.finish(atNs);
    if (!this.#mayBeLast) this.finishedInWindow += this.#finishedSince;
  }

  #countFinished(atNs: Nanoseconds): void {
    const { until } = this.#measure;
    const untilNs = until === "last-arrival" ? this.lastArrivalNs : until;
    if (untilNs === "end" || atNs <= untilNs) this.finishedInWindow += 1;
    else if (until === "last-arrival") this.#finishedSince += 1;
  }

  #arrivedInWindow({ request: { arrivalNs } }: SequenceGroup): boolean {
    const { fromNs, until } = this.#measure;
    return arrivalNs >= fromNs && (typeof until !== "number" || arrivalNs <= until);
  }
}
