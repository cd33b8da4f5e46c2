import { Pool } from "../allocators/pool";
import { Account } from "../metrics/account";
import { Collector } from "../metrics/collector";
import { Ledger } from "../metrics/ledger";
import { Population } from "../metrics/population";
import { Tally } from "../metrics/tally";
import { FAILED, REJECTED, TurnedAwayCounts } from "../metrics/turned-away";
import { Group } from "../request";
import { Rejection } from "./rejection";

/** Codes of the facts that are decisions, but for those that the collector knows itself. */
const DECISION_REJECTED: i32 = 2;
const DECISION_COPIED: i32 = 4;
const DECISION_FORKED: i32 = 5;
const DECISION_PREEMPTED: i32 = 6;
const DECISION_SWAPPED_IN: i32 = 7;
const DECISION_FAILED: i32 = 11;
const DECISION_COMPUTED: i32 = 12;

/**
 * Is told what happens, at once and in order, and has it counted, booked and measured. `writtenTokens` is c of each unfinished sequence
 * at that instant.
 */
@final
export class Facts {
  readonly collector: Collector;
  readonly tally: Tally = new Tally();
  readonly turnedAway: TurnedAwayCounts = new TurnedAwayCounts();
  private readonly pool: Pool;
  private readonly ledger: Ledger;
  private readonly population: Population;

  constructor(pool: Pool, collector: Collector) {
    this.pool = pool;
    this.collector = collector;
    this.ledger = collector.ledger;
    this.population = collector.population;
  }

  /** A request arrives. */
  arrived(atNs: f64, request: i32): void {
    this.tally.arrived += 1;
    this.collector.arrived(request, atNs);
  }

  /** No further arrival is known of, unless those who are here cause one: that at `atNs` may have been the last. */
  noneExpected(atNs: f64): void {
    this.collector.noneExpected(atNs);
  }

  /** Never admitted: it can never fit, is too long, or the waiting room was full. */
  rejected(atNs: f64, request: i32, refusal: Rejection): void {
    this.collector.decide(DECISION_REJECTED, request, atNs);
    this.tally.rejected += 1;
    this.population.leave(atNs);
    this.turnedAway.add(REJECTED, request, refusal.code, refusal.need, refusal.have);
  }

  /** Admitted, for the first time or again after a recompute preemption. */
  admitted(atNs: f64, group: Group, cachedTokens: i32): void {
    this.tally.countAdmitted(group, cachedTokens);
    const account = this.collector.admitted(
      group.account,
      group.id,
      atNs,
      cachedTokens,
      group.live,
      group.arrivalNs,
      group.longestOutput,
    );
    group.account = account;
    this.book(account, group, cachedTokens, false);
  }

  /** Sequences of a running group were given blocks of their own for ones that they shared. */
  copied(atNs: f64, group: Group, copiedTokens: i32): void {
    this.collector.decide(DECISION_COPIED, group.id, atNs);
    this.addFigure(copiedTokens);
    this.tally.copyOnWriteTokens += copiedTokens;
  }

  forked(atNs: f64, group: Group, writtenTokens: i32, copiedTokens: i32): void {
    this.collector.decide(DECISION_FORKED, group.id, atNs);
    this.addFigure(copiedTokens);
    this.book(group.account!, group, writtenTokens, true);
  }

  /** `lostTokens`: distinct tokens whose KV was lost, 0 for a swap. */
  preempted(atNs: f64, group: Group, isSwap: bool, lostTokens: i32, swappedBlocks: i32): void {
    this.collector.decide(DECISION_PREEMPTED, group.id, atNs);
    this.addFigure(isSwap ? 1 : 0);
    this.addFigure(lostTokens);
    this.addFigure(swappedBlocks);
    const account = group.account!;
    account.preemptedSinceNs = atNs;
    this.tally.countPreempted(group, swappedBlocks, account.hasEmitted);
    this.population.stop(group.live, atNs);
    if (isSwap) this.population.swap(1, atNs);
    this.ledger.erase(account);
  }

  swappedIn(atNs: f64, group: Group, writtenTokens: i32, swappedBlocks: i32): void {
    this.collector.decide(DECISION_SWAPPED_IN, group.id, atNs);
    this.addFigure(swappedBlocks);
    this.tally.swappedInBlocks += swappedBlocks;
    this.population.swap(-1, atNs);
    this.population.start(group.live, atNs);
    const account = group.account!;
    account.resume(atNs);
    this.book(account, group, writtenTokens, true);
  }

  /**
   * The prompt (or recomputed) tokens are written, `tokens` over all sequences; each sequence emitted a token. What the group holds is as
   * it was when last told of.
   */
  prefilled(atNs: f64, group: Group, writtenTokens: i32, tokens: i32): void {
    const account = group.account!;
    this.tally.countComputed(group, tokens);
    this.collector.prefilled(account, group.id, atNs, tokens);
    this.write(account, group, writtenTokens, true);
  }

  /** A part of the group's prompt (or of what it had said before a preemption) is written, as above; nothing is emitted yet. */
  computed(atNs: f64, group: Group, writtenTokens: i32, tokens: i32): void {
    this.collector.decide(DECISION_COMPUTED, group.id, atNs);
    this.addFigure(tokens);
    this.tally.countComputed(group, tokens);
    this.write(group.account!, group, writtenTokens, false);
  }

  /**
   * What a running group holds has grown otherwise than by the growth of iterations, or it goes on or stops writing a token each
   * iteration. No decision of its own.
   */
  extended(group: Group, writtenTokens: i32, decodes: bool): void {
    this.book(group.account!, group, writtenTokens, decodes);
  }

  /** A sequence emitted its last token, and its memory is free; `index` was its place among the unfinished ones. */
  sequenceFinished(atNs: f64, group: Group, writtenTokens: i32, index: i32): void {
    const account = group.account!;
    const isLast = group.live === 0;
    this.collector.sequenceFinished(account, group.id, atNs, index, isLast);
    if (!isLast) this.book(account, group, writtenTokens, true);
  }

  finished(atNs: f64, group: Group): void {
    this.tally.finished += 1;
    this.collector.finished(group.account!, group.id, atNs);
    group.account = null;
  }

  /** Given up after admission, its memory free: nothing could take it back. `wasWaiting`: to be recomputed, rather than running. */
  failed(atNs: f64, group: Group, wasWaiting: bool, refusal: Rejection): void {
    this.collector.decide(DECISION_FAILED, group.id, atNs);
    this.tally.failed += 1;
    if (!wasWaiting) this.population.stop(group.live, atNs);
    this.population.leave(atNs);
    this.collector.close(group.account!);
    group.account = null;
    this.turnedAway.add(FAILED, group.id, refusal.code, refusal.need, refusal.have);
  }

  @inline
  private addFigure(figure: i32): void {
    this.collector.digest.add(figure);
  }

  /** Books a group anew, with c = `written` in its sequences; `decodes`: it will write a token every decode iteration. */
  private book(account: Account, group: Group, written: i32, decodes: bool): void {
    const pool = this.pool;
    const ledger = this.ledger;
    if (account.parts > 0) ledger.erase(account);
    // Before the fork a paged group has one table, which all its sequences will go on from.
    if (group.live > 1 && pool.holds(group.sequences[1]))
      return this.bookTables(account, group, written, decodes ? 1 : 0);
    const sequence = group.sequences[0];
    if (!pool.holds(sequence)) return;
    const final = group.longestFinalTokens;
    ledger.book(
      account,
      pool.held(sequence),
      pool.asked(sequence),
      written,
      final,
      decodes ? 1 : 0,
    );
  }

  /** What the sequences share is one part; each holds the rest of its table alone. */
  private bookTables(account: Account, group: Group, written: i32, pace: f64): void {
    const pool = this.pool;
    const ledger = this.ledger;
    for (let index = 0; index < group.live; index += 1) {
      const sequence = group.sequences[index];
      const shared = pool.shared(sequence);
      const computed = group.forked || index === 0 ? written : 0;
      if (index > 0) ledger.shareAgain(account, shared);
      else if (shared > 0) {
        const longest = group.longestFinalTokens;
        ledger.book(account, shared, shared, min(written, shared), longest, 0);
      }
      const own = max(0, computed - shared);
      const held = pool.held(sequence) - shared;
      const asked = pool.asked(sequence) - shared;
      ledger.book(account, held, asked, own, group.finalTokens(index) - shared, pace);
    }
  }

  /** A group whose memory is as it was has now written c = `written`; `decodes` as in {@link book}. */
  @inline
  private write(account: Account, group: Group, written: i32, decodes: bool): void {
    if (account.parts > 1) this.book(account, group, written, decodes);
    else this.ledger.write(account, written, decodes ? 1 : 0);
  }
}
