import type { Nanoseconds } from "../core/time.ts";
import { Integrals } from "./integrals.ts";
import { type WindowEnd, Windows } from "./windows.ts";

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
 * How many requests run, wait or are swapped out, over visible time. A level's integral up to t is the level × t less Σ change × its
 * time, so that only a level that changes is touched, and only when it does. Those are kept that change least: who waits follows from
 * who is here at all, and there are as many sequences as requests that run but for siblings.
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
  /** −Σ change × its time. */
  readonly #changes = new Integrals(COLUMNS);
  readonly #integrals = new Integrals(COLUMNS);

  constructor(fromNs: Nanoseconds, until: WindowEnd) {
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  get waiting(): number {
    return this.#present - this.#running - this.#swapped;
  }

  /** A request arrives, and waits. */
  enter(atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#present += 1;
    this.#changes.addNs(PRESENT, -1, atNs);
  }

  /** A request that waits ends. */
  leave(atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#present -= 1;
    this.#changes.addNs(PRESENT, 1, atNs);
  }

  /** A request that waits begins to run with so many sequences. */
  start(sequences: number, atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#running += 1;
    if (this.#running > this.runningPeak) this.runningPeak = this.#running;
    this.#changes.addNs(RUNNING, -1, atNs);
    if (sequences > 1) this.#addSiblings(sequences - 1, atNs);
  }

  /** A request with so many unfinished sequences waits instead of running on. */
  stop(sequences: number, atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#running -= 1;
    this.#changes.addNs(RUNNING, 1, atNs);
    if (sequences > 1) this.#addSiblings(1 - sequences, atNs);
  }

  /** A request that runs ends, with its last sequence. */
  complete(atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#running -= 1;
    this.#present -= 1;
    this.#changes.addNs(RUNNING, 1, atNs);
    this.#changes.addNs(PRESENT, 1, atNs);
  }

  /** A running request has lost one of its sequences, and others go on. */
  endSibling(atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#addSiblings(-1, atNs);
  }

  /** A request that waits is swapped out instead; −1: the other way round. */
  swap(change: 1 | -1, atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#swapped += change;
    this.#changes.addNs(SWAPPED, -change, atNs);
  }

  /** The run has ended at `atNs`. */
  finish(atNs: Nanoseconds): void {
    this.#passEdges(atNs);
    this.windows.finish({ ns: atNs, ticks: 0 }, this.#integralsAt(atNs));
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

  #addSiblings(change: number, atNs: Nanoseconds): void {
    this.#siblings += change;
    this.#changes.addNs(SIBLINGS, -change, atNs);
  }

  #passEdges(atNs: Nanoseconds): void {
    while (this.windows.nextEdgeNs <= atNs)
      this.windows.pass(this.#integralsAt(this.windows.nextEdgeNs));
  }

  #integralsAt(atNs: Nanoseconds): Integrals {
    const levels = [this.#present, this.#running, this.#swapped, this.#siblings];
    this.#integrals.copy(this.#changes);
    for (const [column, level] of levels.entries()) this.#integrals.addNs(column, level, atNs);
    return this.#integrals;
  }
}

function levelsOf(total: (column: number) => bigint): Levels<bigint> {
  const running = total(RUNNING);
  const swapped = total(SWAPPED);
  const sequences = running + total(SIBLINGS);
  return { running, sequences, waiting: total(PRESENT) - running - swapped, swapped };
}
