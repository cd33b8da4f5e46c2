import type { Pool } from "../allocators/allocator.ts";
import type { MeasureConfig } from "../config/config.ts";
import { DOUBLE } from "../core/double.ts";
import type { ExactTime, Nanoseconds } from "../core/time.ts";
import type { Eviction, FactSink, Iterations, Rejection } from "../facts.ts";
import type { Request, SequenceGroup, Slots, Tokens } from "../request.ts";
import { Accounts } from "./account.ts";
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
  readonly tally: Tally;
  readonly fingerprint: Fingerprint;
  readonly latencies: Latencies;
  readonly population: Population;
  readonly space: Space;
  readonly turnedAway: TurnedAwayCounts;
  /** Requests that finished in the window. */
  finishedInWindow: number;
  /** Slots that can never be handed out. */
  readonly unusable: Slots;
  waitingAtLastArrival: number;
  private readonly ledger: Ledger;
  readonly #accounts = new Accounts();
  /** The window, which may end with each arrival: then with the last that has come. */
  #fromNs: Nanoseconds = DOUBLE;
  #untilNs: Nanoseconds = DOUBLE;
  private readonly endsWithArrival: boolean;
  /** The last arrival that counts. */
  #arrivalsUntilNs: Nanoseconds = DOUBLE;
  /** Finished behind the window: in it if another request arrives and it ends with that, or would have if the run had not ended. */
  #finishedSince = 0;
  #mayBeLast = false;

  constructor(pool: Pool, { fromNs, until, slo }: MeasureConfig, fingerprint: Fingerprint) {
    this.tally = new Tally();
    this.fingerprint = fingerprint;
    this.turnedAway = new TurnedAwayCounts();
    this.finishedInWindow = 0;
    this.waitingAtLastArrival = 0;
    this.#fromNs = fromNs;
    this.endsWithArrival = until === "last-arrival";
    this.#arrivalsUntilNs = typeof until === "number" ? until : Infinity;
    this.#untilNs = this.endsWithArrival ? 0 : this.#arrivalsUntilNs;
    this.ledger = new Ledger(pool);
    this.latencies = new Latencies(slo);
    this.population = new Population(fromNs, until);
    this.space = new Space(pool, this.ledger.totals, fromNs, until);
    this.unusable = pool.usage.unusable;
  }

  /** What all groups hold together now. */
  get holdings(): Readonly<LedgerTotals> {
    return this.ledger.totals;
  }

  arrived(atNs: Nanoseconds, { id }: Request): void {
    this.fingerprint.decide(DECISION.arrived, id, atNs);
    this.tally.arrived += 1;
    this.population.enter(atNs);
    this.waitingAtLastArrival = this.population.waiting;
    if (!this.endsWithArrival) return;
    this.#untilNs = atNs;
    this.finishedInWindow += this.#finishedSince;
    this.#finishedSince = 0;
  }

  noneExpected(atNs: Nanoseconds): void {
    this.#mayBeLast = true;
    if (!this.endsWithArrival) return;
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
    this.ledger.book(this.#accounts.admit(group, atNs), group, cachedTokens, false);
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
    this.ledger.book(this.#accounts.of(group), group, writtenTokens, true);
  }

  preempted(atNs: Nanoseconds, group: SequenceGroup, eviction: Eviction): void {
    const isSwap = eviction.mode === "swap";
    this.fingerprint.decide(DECISION.preempted, group.id, atNs);
    this.fingerprint.addFigure(isSwap ? 1 : 0);
    this.fingerprint.addFigure(eviction.lostTokens);
    this.fingerprint.addFigure(eviction.swappedBlocks);
    const account = this.#accounts.of(group);
    account.preemptedSinceNs = atNs;
    this.tally.countPreempted(group, eviction, account.hasEmitted);
    this.population.stop(group.live, atNs);
    if (isSwap) this.population.swap(1, atNs);
    this.ledger.erase(account);
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
    this.population.swap(-1, atNs);
    this.population.start(group.live, atNs);
    this.ledger.book(this.#accounts.admit(group, atNs), group, writtenTokens, true);
  }

  prefilled(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void {
    this.fingerprint.decide(DECISION.prefilled, group.id, atNs);
    this.fingerprint.addFigure(tokens);
    this.tally.countComputed(group, tokens);
    const account = this.#accounts.of(group);
    account.emit(atNs);
    this.ledger.write(account, group, writtenTokens, true);
  }

  computed(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void {
    this.fingerprint.decide(DECISION.computed, group.id, atNs);
    this.fingerprint.addFigure(tokens);
    this.tally.countComputed(group, tokens);
    this.ledger.write(this.#accounts.of(group), group, writtenTokens, false);
  }

  extended(group: SequenceGroup, writtenTokens: Tokens, decodes: boolean): void {
    this.ledger.book(this.#accounts.of(group), group, writtenTokens, decodes);
  }

  sequenceFinished(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    index: number,
  ): void {
    this.fingerprint.decide(DECISION.sequenceFinished, group.id, atNs);
    this.fingerprint.addFigure(index);
    const account = this.#accounts.of(group);
    if (group.live === 0) return this.ledger.erase(account);
    this.population.endSibling(atNs);
    this.ledger.book(account, group, writtenTokens, true);
  }

  finished(atNs: Nanoseconds, group: SequenceGroup): void {
    this.fingerprint.decide(DECISION.finished, group.id, atNs);
    this.tally.finished += 1;
    this.population.complete(atNs);
    if (atNs > this.#fromNs && atNs <= this.#untilNs) this.finishedInWindow += 1;
    else if (atNs > this.#fromNs) this.#finishedSince += 1;
    const account = this.#accounts.of(group);
    const isCounted =
      account.arrivalNs >= this.#fromNs && account.arrivalNs <= this.#arrivalsUntilNs;
    if (isCounted) this.latencies.count(account, atNs);
    this.#accounts.close(group);
  }

  failed(atNs: Nanoseconds, group: SequenceGroup, wasWaiting: boolean, refusal: Rejection): void {
    this.fingerprint.decide(DECISION.failed, group.id, atNs);
    this.tally.failed += 1;
    if (!wasWaiting) this.population.stop(group.live, atNs);
    this.population.leave(atNs);
    this.ledger.erase(this.#accounts.of(group));
    this.#accounts.close(group);
    this.turnedAway.add("failed", group.id, refusal);
  }

  iterated(iterations: Iterations): void {
    const { steps, batch, growth } = iterations;
    this.tally.countIterations(iterations);
    this.ledger.grow(growth);
    this.ledger.advance(steps, batch.work.decodeSequences);
    this.space.iterate(iterations);
  }

  idled(end: ExactTime): void {
    this.space.stay(end);
  }

  /** The run has ended at `atNs`: closes what is still open. */
  end(atNs: Nanoseconds): void {
    this.idled({ ns: atNs, ticks: 0 });
    this.space.finish();
    this.population.finish(atNs);
    if (this.endsWithArrival && !this.#mayBeLast) this.finishedInWindow += this.#finishedSince;
  }
}
