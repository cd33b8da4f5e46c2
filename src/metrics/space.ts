import { assert, fail } from "../core/assert.ts";
import type { Growth } from "../core/growth.ts";
import {
  Clock,
  compareTime,
  type ExactTime,
  type StepSeries,
  stepsWithin,
  TICKS_PER_NANOSECOND,
} from "../core/time.ts";
import type { Iterations } from "../facts.ts";
import type { Slots } from "../request.ts";
import { Integrals } from "./integrals.ts";
import type { FreeShare } from "./shares.ts";
import { type WindowEnd, Windows } from "./windows.ts";

/** Columns of the space integrals. */
export const SPACE = {
  tokenStates: 0,
  /** Token states and reserved slots together. */
  useful: 1,
  internal: 2,
  rounding: 3,
  external: 4,
  remainder: 5,
  idle: 6,
  /** Slots that tables reach beyond the first that does: a shared slot once for each sequence but one. */
  sharedAgain: 7,
  /** Free slots outside the largest hole. */
  scattered: 8,
  /** Free slots with content that could be hit. */
  cached: 9,
  /** Tokens emitted so far, at the ends of their iterations: a count, as so many nanoseconds. */
  emitted: 10,
} as const;

const COLUMNS = Object.keys(SPACE).length;

/** The column of free slots that are called `share`; looking the name up would take longer. */
export function freeColumn(share: FreeShare): number {
  if (share === "idle") return SPACE.idle;
  return share === "remainder" ? SPACE.remainder : SPACE.external;
}

/** Slots of each column of {@link SPACE}, but for the last. */
export type Amounts = Float64Array;

/** Makes room for amounts, all 0. */
export function newAmounts(): Amounts {
  return new Float64Array(COLUMNS - 1);
}

/**
 * Integrates over exact time where the pool's slots are. A series of iterations is added by its closed form, whatever was handed out on
 * the way; at an edge of a bin or of the window inside it, the same form gives the integrals up to there.
 */
export class Space {
  readonly windows: Windows;
  readonly #growthSlots: Slots;
  readonly #sums = new Integrals(COLUMNS);
  readonly #atEdge = new Integrals(COLUMNS);
  readonly #position = new Clock();
  readonly #duration = new Clock();
  /** Of the iterations being added, in nanoseconds and ticks: what was written, handed out, never to be needed, evicted × its time. */
  readonly #written: Part = { ns: 0, ticks: 0 };
  readonly #ungrown: Part = { ns: 0, ticks: 0 };
  readonly #unneeded: Part = { ns: 0, ticks: 0 };
  readonly #evicted: Part = { ns: 0, ticks: 0 };

  constructor(growthSlots: Slots, fromNs: number, until: WindowEnd) {
    this.#growthSlots = growthSlots;
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  /** Whether there is time to be integrated until `end`. */
  lasts(end: ExactTime): boolean {
    return compareTime(end, this.#position) > 0;
  }

  /** The amounts stay as they are until `end`. */
  stay(end: ExactTime, amounts: Amounts): void {
    while (this.windows.nextEdgeNs <= end.ns) {
      this.#atEdge.copyFrom(this.#sums);
      const toEdge = this.#until(this.#edge());
      this.#atEdge.addTimes(amounts, toEdge.ns, toEdge.ticks);
      this.windows.pass(this.#atEdge);
    }
    const all = this.#until(end);
    this.#sums.addTimes(amounts, all.ns, all.ticks);
    this.#position.set(end);
  }

  /** `amounts` are those of the last iteration, but for the token states, which are those of the first. */
  iterate(iterations: Iterations, amounts: Amounts): void {
    assert(compareTime(iterations.start, this.#position) >= 0, "iterations overlap");
    while (this.windows.nextEdgeNs <= iterations.end.ns) {
      const toEdge = this.#until(this.#edge());
      const steps = stepsWithin(iterations.price.series, toEdge, iterations.steps);
      this.#atEdge.copyFrom(this.#sums);
      this.#addSteps(this.#atEdge, iterations, steps, toEdge, amounts);
      this.windows.pass(this.#atEdge);
    }
    const all = this.#until(iterations.end);
    this.#addSteps(this.#sums, iterations, iterations.steps, all, amounts);
    this.#position.set(iterations.end);
  }

  /** Tokens emitted in the window, each counted at the end of its iteration. */
  emittedInWindow(): number {
    return Number(this.windows.windowTotal(SPACE.emitted) / BigInt(TICKS_PER_NANOSECOND));
  }

  /** The run has ended. */
  finish(): void {
    const { ns, ticks } = this.#position;
    this.windows.finish({ ns, ticks }, this.#sums);
  }

  #edge(): ExactTime {
    return { ns: this.windows.nextEdgeNs, ticks: 0 };
  }

  /** Time from the position on; good until the next call. */
  #until(end: ExactTime): ExactTime {
    this.#duration.setDifference(end, this.#position);
    return this.#duration;
  }

  /** Adds the first `duration` of iterations, of which `steps` have ended by then. */
  #addSteps(
    sums: Integrals,
    iterations: Iterations,
    steps: number,
    duration: ExactTime,
    amounts: Amounts,
  ): void {
    const { price, work, firstTokens, growth, freeShare } = iterations;
    const writers = work.decodeSequences;
    sums.addTimes(amounts, duration.ns, duration.ticks);
    sums.addNs(SPACE.emitted, steps, writers + firstTokens);
    if (writers === 0) return;
    this.#measureWritten(price.series, steps, duration);
    sums.addTime(SPACE.tokenStates, writers, this.#written.ns, this.#written.ticks);
    if (growth.entries === 0) return;
    // The amounts are those after all growth: what was not there yet was free instead.
    this.#measureGrowth(price.series, growth, steps, duration);
    const ungrown = this.#ungrown;
    const unneeded = this.#unneeded;
    const evicted = this.#evicted;
    sums.addTime(freeColumn(freeShare), this.#growthSlots, ungrown.ns, ungrown.ticks);
    sums.addTime(SPACE.useful, -this.#growthSlots, ungrown.ns, ungrown.ticks);
    if (evicted.ns > 0 || evicted.ticks > 0)
      sums.addTime(SPACE.cached, this.#growthSlots, evicted.ns, evicted.ticks);
    if (unneeded.ns === 0 && unneeded.ticks === 0) return;
    sums.addTime(SPACE.useful, 1, unneeded.ns, unneeded.ticks);
    sums.addTime(SPACE.internal, -1, unneeded.ns, unneeded.ticks);
  }

  /** Every sequence that decodes holds a token state more from the end of each iteration on. */
  #measureWritten({ first, growth }: StepSeries, steps: number, { ns, ticks }: ExactTime): void {
    // Σ over i = 1 … steps of i, and of i·(i − 1) / 2: the end of step i is first·i + growth·i·(i − 1) / 2.
    const linear = (steps * (steps + 1)) / 2;
    const cubic = ((steps - 1) * steps * (steps + 1)) / 6;
    this.#written.ns = exact(steps * ns - first.ns * linear - growth.ns * cubic);
    this.#written.ticks = exact(steps * ticks - first.ticks * linear - growth.ticks * cubic);
  }

  /** What was handed out × the time until then, which is the beginning of its step, or all of `duration` if that ends before. */
  #measureGrowth(
    { first, growth: slope }: StepSeries,
    growth: Growth,
    steps: number,
    duration: ExactTime,
  ): void {
    let ungrownNs = 0;
    let ungrownTicks = 0;
    let unneededNs = 0;
    let unneededTicks = 0;
    let evictedNs = 0;
    let evictedTicks = 0;
    for (let entry = 0; entry < growth.entries; entry += 1) {
      const step = growth.steps[entry]!;
      const pairs = (step * (step - 1)) / 2;
      const begins = step <= steps;
      const ns = begins ? first.ns * step + slope.ns * pairs : duration.ns;
      const ticks = begins ? first.ticks * step + slope.ticks * pairs : duration.ticks;
      const grown = growth.grown[entry]!;
      ungrownNs += grown * ns;
      ungrownTicks += grown * ticks;
      const evicted = growth.evicted[entry]!;
      evictedNs += evicted * ns;
      evictedTicks += evicted * ticks;
      const unneeded = growth.unneeded[entry]!;
      if (unneeded === 0) continue;
      unneededNs += unneeded * ns;
      unneededTicks += unneeded * ticks;
    }
    this.#ungrown.ns = exact(ungrownNs);
    this.#ungrown.ticks = exact(ungrownTicks);
    this.#unneeded.ns = exact(unneededNs);
    this.#unneeded.ticks = exact(unneededTicks);
    this.#evicted.ns = exact(evictedNs);
    this.#evicted.ticks = exact(evictedTicks);
  }
}

/** An amount × time, which need not be normalised. */
interface Part {
  ns: number;
  ticks: number;
}

function exact(sum: number): number {
  if (sum > Number.MAX_SAFE_INTEGER) fail("the time of a series of iterations is not exact");
  return sum;
}
