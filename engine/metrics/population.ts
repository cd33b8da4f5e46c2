import { Clock } from "../core/time";
import { Integrals } from "./integrals";
import { Windows } from "./windows";

/** Changes are timed from an instant at most so long ago, lest their sums need more than doubles. */
const SPAN_NS: f64 = 274877906944; // 2^38

/** Columns of the levels that are kept. */
const PRESENT: i32 = 0;
const RUNNING: i32 = 1;
const SWAPPED: i32 = 2;
const SIBLINGS: i32 = 3;
const COLUMNS: i32 = 4;

/**
 * How many requests run, wait or are swapped out, over visible time. What a level adds to its integral from a base up to t is the level ×
 * the time since the base, less Σ change × the time from the base to the change: so only a level that changes is touched, and only when it
 * does. Those are kept that change least: who waits follows from who is here at all, and there are as many sequences as requests that run
 * but for siblings.
 */
@final
export class Population {
  readonly windows: Windows;
  /** The most that ever ran at once. */
  runningPeak: f64 = 0;
  /** Requests that arrived and have not ended. */
  present: f64 = 0;
  /** Those admitted and not swapped out, preempted or ended. */
  running: f64 = 0;
  swapped: f64 = 0;
  /** Unfinished sequences of running requests beyond the first of each. */
  private siblings: f64 = 0;
  /** Up to the base. */
  private readonly integrals: Integrals = new Integrals(COLUMNS);
  /** Since the base, −Σ change × its time from there. */
  private readonly changes: Integrals = new Integrals(COLUMNS);
  private baseNs: f64 = 0;
  private readonly end: Clock = new Clock();

  /** The measuring window, as {@link Windows} takes it. */
  constructor(fromNs: f64, until: f64) {
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  get waiting(): f64 {
    return this.present - this.running - this.swapped;
  }

  /** A request arrives, and waits. */
  enter(atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.present += 1;
    this.changes.addNs(PRESENT, -sinceNs);
  }

  /** A request that waits ends. */
  leave(atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.present -= 1;
    this.changes.addNs(PRESENT, sinceNs);
  }

  /** A request that waits begins to run with so many sequences. */
  start(sequences: f64, atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.running += 1;
    if (this.running > this.runningPeak) this.runningPeak = this.running;
    this.changes.addNs(RUNNING, -sinceNs);
    if (sequences > 1) this.addSiblings(sequences - 1, sinceNs);
  }

  /** A request with so many unfinished sequences waits instead of running on. */
  stop(sequences: f64, atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.running -= 1;
    this.changes.addNs(RUNNING, sinceNs);
    if (sequences > 1) this.addSiblings(1 - sequences, sinceNs);
  }

  /** A request that runs ends, with its last sequence. */
  complete(atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.running -= 1;
    this.present -= 1;
    this.changes.addNs(RUNNING, sinceNs);
    this.changes.addNs(PRESENT, sinceNs);
  }

  /** A running request has lost one of its sequences, and others go on. */
  endSibling(atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.addSiblings(-1, sinceNs);
  }

  /** A request that waits is swapped out instead; −1: the other way round. */
  swap(change: f64, atNs: f64): void {
    const sinceNs = this.passTo(atNs);
    this.swapped += change;
    this.changes.addNs(SWAPPED, -change * sinceNs);
  }

  /** The run has ended at `atNs`. */
  finish(atNs: f64): void {
    this.passTo(atNs);
    this.moveBase(atNs);
    this.end.setNs(atNs);
    this.windows.finish(this.end, this.integrals);
  }

  private addSiblings(change: f64, sinceNs: f64): void {
    this.siblings += change;
    this.changes.addNs(SIBLINGS, -change * sinceNs);
  }

  /** Time comes to `atNs`; returns how long after the base that is. */
  @inline
  private passTo(atNs: f64): f64 {
    if (atNs >= this.windows.nextEdgeNs) this.passEdges(atNs);
    if (atNs - this.baseNs > SPAN_NS) this.moveBase(atNs);
    return atNs - this.baseNs;
  }

  private passEdges(atNs: f64): void {
    const windows = this.windows;
    while (windows.nextEdgeNs <= atNs) {
      this.moveBase(windows.nextEdgeNs);
      windows.pass(this.integrals);
    }
  }

  private moveBase(atNs: f64): void {
    const sinceNs = atNs - this.baseNs;
    this.integrals.addProduct(PRESENT, this.present, sinceNs);
    this.integrals.addProduct(RUNNING, this.running, sinceNs);
    this.integrals.addProduct(SWAPPED, this.swapped, sinceNs);
    this.integrals.addProduct(SIBLINGS, this.siblings, sinceNs);
    this.integrals.addAll(this.changes);
    this.changes.clear();
    this.baseNs = atNs;
  }
}
