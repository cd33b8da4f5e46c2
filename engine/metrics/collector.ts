import { Digest } from "../core/digest";
import { Account, Accounts } from "./account";
import { Latencies } from "./latencies";
import { Ledger } from "./ledger";
import { Population } from "./population";
import { LAST_ARRIVAL, RUN_END } from "./windows";

/** Codes of the facts that are decisions; the others are in scheduler/facts.ts. */
const ARRIVED: i32 = 1;
const ADMITTED: i32 = 3;
const PREFILLED: i32 = 8;
const SEQUENCE_FINISHED: i32 = 9;
const FINISHED: i32 = 10;

/** More than there are kinds of decisions. */
const KINDS: i32 = 16;

/** Is told of the facts that each request brings, in their order: digests the decisions, and passes each on to whoever measures it. */
@final
export class Collector {
  /** Decisions that were digested. */
  decisions: f64 = 0;
  readonly digest: Digest = new Digest();
  readonly population: Population;
  readonly ledger: Ledger;
  readonly latencies: Latencies;
  private readonly accounts: Accounts = new Accounts();
  /** Requests that finished in the window. */
  finishedInWindow: f64 = 0;
  /** Finished behind the window: in it if another request arrives and it ends with that, or would have if the run had not ended. */
  private finishedSince: f64 = 0;
  waitingAtLastArrival: f64 = 0;
  /** The window, which may end with each arrival: then with the last that has come. */
  private readonly fromNs: f64;
  private untilNs: f64;
  private readonly endsWithArrival: bool;
  /** The last arrival that counts. */
  private readonly arrivalsUntilNs: f64;
  private mayBeLast: bool = false;

  /** The measuring window, as metrics/windows takes it. */
  constructor(
    population: Population,
    ledger: Ledger,
    latencies: Latencies,
    fromNs: f64,
    until: f64,
  ) {
    this.population = population;
    this.ledger = ledger;
    this.latencies = latencies;
    this.fromNs = fromNs;
    this.endsWithArrival = until === LAST_ARRIVAL;
    this.arrivalsUntilNs = until === LAST_ARRIVAL || until === RUN_END ? Infinity : until;
    this.untilNs = this.endsWithArrival ? 0 : this.arrivalsUntilNs;
  }

  /** Something was decided about a request; its figures follow. */
  @inline
  decide(kind: i32, request: i32, atNs: f64): void {
    const ns = <i64>atNs;
    this.decisions += 1;
    this.digest.addThree(kind + KINDS * request, <i32>ns, <i32>(ns >> 32));
  }

  arrived(request: i32, atNs: f64): void {
    this.decide(ARRIVED, request, atNs);
    this.population.enter(atNs);
    this.waitingAtLastArrival = this.population.waiting;
    if (!this.endsWithArrival) return;
    this.untilNs = atNs;
    this.finishedInWindow += this.finishedSince;
    this.finishedSince = 0;
  }

  /** No further arrival is known of, unless those who are here cause one: that at `atNs` may have been the last. */
  noneExpected(atNs: f64): void {
    this.mayBeLast = true;
    this.population.windows.reach(atNs);
  }

  /** For the first time, without an account, or again. */
  admitted(
    known: Account | null,
    request: i32,
    atNs: f64,
    cachedTokens: i32,
    sequences: f64,
    arrivalNs: f64,
    outputTokens: f64,
  ): Account {
    this.decide(ADMITTED, request, atNs);
    this.digest.add(cachedTokens);
    this.population.start(sequences, atNs);
    if (known !== null) {
      known.resume(atNs);
      return known;
    }
    const account = this.accounts.take();
    account.open(arrivalNs, outputTokens, atNs);
    return account;
  }

  prefilled(account: Account, request: i32, atNs: f64, tokens: i32): void {
    this.decide(PREFILLED, request, atNs);
    this.digest.add(tokens);
    account.emit(atNs);
  }

  sequenceFinished(account: Account, request: i32, atNs: f64, index: i32, isLast: bool): void {
    this.decide(SEQUENCE_FINISHED, request, atNs);
    this.digest.add(index);
    if (isLast) this.ledger.erase(account);
    else this.population.endSibling(atNs);
  }

  finished(account: Account, request: i32, atNs: f64): void {
    this.decide(FINISHED, request, atNs);
    this.population.complete(atNs);
    if (atNs > this.fromNs) {
      if (atNs <= this.untilNs) this.finishedInWindow += 1;
      else this.finishedSince += 1;
    }
    const arrivalNs = account.arrivalNs;
    if (arrivalNs >= this.fromNs && arrivalNs <= this.arrivalsUntilNs)
      this.latencies.count(account, atNs);
    this.accounts.give(account);
  }

  /** A group is gone, and holds nothing any more. */
  close(account: Account): void {
    this.ledger.erase(account);
    this.accounts.give(account);
  }

  /** The run has ended at `atNs`. */
  end(atNs: f64): void {
    this.population.finish(atNs);
    if (this.endsWithArrival && !this.mayBeLast) this.finishedInWindow += this.finishedSince;
  }
}
