import type { Nanoseconds } from "../core/time.ts";
import { copyIntegrals, type Integral, newIntegrals } from "./integral.ts";
import { type WindowEnd, Windows } from "./windows.ts";

/** Columns of the levels. */
export const LEVELS = { running: 0, sequences: 1, waiting: 2, swapped: 3 } as const;

const COLUMNS = Object.keys(LEVELS).length;

/**
 * How many requests run, wait or are swapped out, over visible time. A level's integral up to t is the level × t less Σ change × its
 * time, so that only a level that changes is touched, and only when it does.
 */
export class Population {
  readonly windows: Windows;
  /** In the order of {@link LEVELS}. */
  readonly #levels = new Float64Array(COLUMNS);
  /** −Σ change × its time. */
  readonly #changes = newIntegrals(COLUMNS);
  readonly #integrals = newIntegrals(COLUMNS);

  constructor(fromNs: Nanoseconds, until: WindowEnd) {
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  /** Requests admitted and not swapped out, preempted or ended. */
  get running(): number {
    return this.#levels[LEVELS.running]!;
  }

  get waiting(): number {
    return this.#levels[LEVELS.waiting]!;
  }

  /** A level changes by `change`. */
  add(level: (typeof LEVELS)[keyof typeof LEVELS], change: number, atNs: Nanoseconds): void {
    if (atNs >= this.windows.nextEdgeNs) this.#passEdges(atNs);
    this.#levels[level]! += change;
    this.#changes[level]!.addNs(-change, atNs);
  }

  /** The run has ended at `atNs`. */
  finish(atNs: Nanoseconds): void {
    this.#passEdges(atNs);
    this.windows.finish({ ns: atNs, ticks: 0 }, this.#integralsAt(atNs));
  }

  #passEdges(atNs: Nanoseconds): void {
    while (this.windows.nextEdgeNs <= atNs)
      this.windows.pass(this.#integralsAt(this.windows.nextEdgeNs));
  }

  #integralsAt(atNs: Nanoseconds): readonly Integral[] {
    copyIntegrals(this.#integrals, this.#changes);
    for (let level = 0; level < COLUMNS; level += 1)
      this.#integrals[level]!.addNs(this.#levels[level]!, atNs);
    return this.#integrals;
  }
}
