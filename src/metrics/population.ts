import { DOUBLE } from "../core/double.ts";
import type { Nanoseconds } from "../core/time.ts";
import { Integrals } from "./integrals.ts";
import { type WindowEnd, Windows } from "./windows.ts";

/** Changes are timed from an instant at most so long ago, lest their sums need more than doubles. */
const SPAN_NS = 2 ** 38;

/** Columns of the levels that are kept. */
const PRESENT = 0;
const RUNNING = 1;
const SWAPPED = 2;
const SIBLINGS = 3;
const COLUMNS = 4;

/** How many requests run (and sequences of them), wait or are swapped out: a number, or its integral. */
export interface Levels<Amount> {
  readonly running: Amount;
  readonly sequences: Amount;
  readonly waiting: Amount;
  readonly swapped: Amount;
}

/**
 * How many requests run, wait or are swapped out, over visible time. What a level adds to its integral from a base up to t is the level ×
 * the time since the base, less Σ change × the time from the base to the change: so only a level that changes is touched, and only when it
 * does. Those are kept that change least: who waits follows from who is here at all, and there are as many sequences as requests that run
 * but for siblings.
 */
export class Population {
  readonly windows: Windows;
  /** The most that ever ran at once. */
  runningPeak = 0;
  /** Requests that arrived and have not ended. */
  #present = 0;
  /** Those admitted and not swapped out, preempted or ended. */
  #running = 0;
  #swapped = 0;
  /** Unfinished sequences of running requests beyond the first of each. */
  #siblings = 0;
  /** Up to the base. */
  readonly #integrals = new Integrals(COLUMNS);
  /** Since the base, −Σ change × its time from there. */
  readonly #changes = new Integrals(COLUMNS);
  #baseNs: Nanoseconds = DOUBLE;

  constructor(fromNs: Nanoseconds, until: WindowEnd) {
    this.#baseNs = 0;
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  get waiting(): number {
    return this.#present - this.#running - this.#swapped;
  }

  /** A request arrives, and waits. */
  enter(atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#present += 1;
    this.#changes.addNs(PRESENT, -1, sinceNs);
  }

  /** A request that waits ends. */
  leave(atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#present -= 1;
    this.#changes.addNs(PRESENT, 1, sinceNs);
  }

  /** A request that waits begins to run with so many sequences. */
  start(sequences: number, atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#running += 1;
    if (this.#running > this.runningPeak) this.runningPeak = this.#running;
    this.#changes.addNs(RUNNING, -1, sinceNs);
    if (sequences > 1) this.#addSiblings(sequences - 1, sinceNs);
  }

  /** A request with so many unfinished sequences waits instead of running on. */
  stop(sequences: number, atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#running -= 1;
    this.#changes.addNs(RUNNING, 1, sinceNs);
    if (sequences > 1) this.#addSiblings(1 - sequences, sinceNs);
  }

  /** A request that runs ends, with its last sequence. */
  complete(atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#running -= 1;
    this.#present -= 1;
    this.#changes.addNs(RUNNING, 1, sinceNs);
    this.#changes.addNs(PRESENT, 1, sinceNs);
  }

  /** A running request has lost one of its sequences, and others go on. */
  endSibling(atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#addSiblings(-1, sinceNs);
  }

  /** A request that waits is swapped out instead; −1: the other way round. */
  swap(change: 1 | -1, atNs: Nanoseconds): void {
    const sinceNs = this.#passTo(atNs);
    this.#swapped += change;
    this.#changes.addNs(SWAPPED, -change, sinceNs);
  }

  /** The run has ended at `atNs`. */
  finish(atNs: Nanoseconds): void {
    this.#passTo(atNs);
    this.#moveBase(atNs);
    this.windows.finish({ ns: atNs, ticks: 0 }, this.#integrals);
  }

  /** Level × ticks in the window. */
  windowTotals(): Levels<bigint> {
    return levelsOf((column) => this.windows.windowTotal(column));
  }

  /** Level × ticks in each bin of the timeline, which are at least `widthNs` wide. */
  finishedBins(widthNs: Nanoseconds): Levels<bigint>[] {
    const bins = this.windows.finishedBins(widthNs);
    return bins[PRESENT]!.map((_, bin) => levelsOf((column) => bins[column]![bin]!));
  }

  #addSiblings(change: number, sinceNs: Nanoseconds): void {
    this.#siblings += change;
    this.#changes.addNs(SIBLINGS, -change, sinceNs);
  }

  /** Time comes to `atNs`; returns how long after the base that is. */
  #passTo(atNs: Nanoseconds): Nanoseconds {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    if (atNs - this.#baseNs > SPAN_NS) this.#moveBase(atNs);
    return atNs - this.#baseNs;
  }

  #passEdges(atNs: Nanoseconds): void {
    while (this.windows.nextEdgeNs <= atNs) {
      this.#moveBase(this.windows.nextEdgeNs);
      this.windows.pass(this.#integrals);
    }
  }

  #moveBase(atNs: Nanoseconds): void {
    const sinceNs = atNs - this.#baseNs;
    const levels = [this.#present, this.#running, this.#swapped, this.#siblings];
    for (const [column, level] of levels.entries()) this.#integrals.addNs(column, level, sinceNs);
    this.#integrals.addTimes(this.#changes, 1);
    this.#changes.clear();
    this.#baseNs = atNs;
  }
}

function levelsOf(total: (column: number) => bigint): Levels<bigint> {
  const running = total(RUNNING);
  const swapped = total(SWAPPED);
  const sequences = running + total(SIBLINGS);
  return { running, sequences, waiting: total(PRESENT) - running - swapped, swapped };
}
