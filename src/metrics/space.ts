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
  /** Slots in use as the sequences' tables reach them: a shared one once for each. */
  reached: 7,
  largestHole: 8,
  /** Free slots with content that could be hit. */
  cached: 9,
  /** Tokens emitted so far, at the ends of their iterations: a count, as so many nanoseconds. */
  emitted: 10,
} as const;

const COLUMNS = Object.keys(SPACE).length;

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
  /** Sequences that grew × the time before they did; and of the slots they were given those that they will never need. */
  #grownNs = 0;
  #grownTicks = 0;
  #unneededNs = 0;
  #unneededTicks = 0;

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
      this.#addConstant(this.#atEdge, this.#until(this.#edge()), amounts);
      this.windows.pass(this.#atEdge);
    }
    this.#addConstant(this.#sums, this.#until(end), amounts);
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

  #addConstant(sums: Integrals, { ns, ticks }: ExactTime, amounts: Amounts): void {
    for (let column = 0; column < amounts.length; column += 1) {
      const amount = amounts[column]!;
      if (amount === 0) continue;
      sums.addTime(column, amount, ns, ticks);
    }
  }

  /** Adds the first `duration` of iterations, of which `steps` have ended by then. */
  #addSteps(
    sums: Integrals,
    iterations: Iterations,
    steps: number,
    duration: ExactTime,
    amounts: Amounts,
  ): void {
    const { work, firstTokens, growth } = iterations;
    this.#addConstant(sums, duration, amounts);
    this.#addWritten(sums, iterations, steps, duration);
    sums.addNs(SPACE.emitted, steps, work.decodeSequences + firstTokens);
    if (growth.entries > 0) this.#addGrowth(sums, iterations, steps, duration);
  }

  /** Every sequence that decodes holds a token state more from the end of each iteration on. */
  #addWritten(
    sums: Integrals,
    { price: { series }, work }: Iterations,
    steps: number,
    duration: ExactTime,
  ): void {
    const writers = work.decodeSequences;
    if (writers === 0) return;
    const { first, growth } = series;
    // Σ over i = 1 … steps of i, and of i·(i − 1) / 2: the end of step i is first·i + growth·i·(i − 1) / 2.
    const linear = (steps * (steps + 1)) / 2;
    const cubic = ((steps - 1) * steps * (steps + 1)) / 6;
    const ns = exact(steps * duration.ns - first.ns * linear - growth.ns * cubic);
    const ticks = exact(steps * duration.ticks - first.ticks * linear - growth.ticks * cubic);
    sums.addTime(SPACE.tokenStates, writers, ns, ticks);
  }

  /** The amounts are those after all growth: takes back what was not there yet, and was free instead. */
  #addGrowth(
    sums: Integrals,
    { price, growth, freeShare }: Iterations,
    steps: number,
    duration: ExactTime,
  ): void {
    this.#measureGrowth(price.series, growth, steps, duration);
    const slots = this.#growthSlots;
    const [grownNs, grownTicks] = [this.#grownNs, this.#grownTicks];
    sums.addTime(SPACE[freeShare], slots, grownNs, grownTicks);
    sums.addTime(SPACE.largestHole, slots, grownNs, grownTicks);
    sums.addTime(SPACE.reached, -slots, grownNs, grownTicks);
    sums.addTime(SPACE.useful, -slots, grownNs, grownTicks);
    sums.addTime(SPACE.useful, 1, this.#unneededNs, this.#unneededTicks);
    sums.addTime(SPACE.internal, -1, this.#unneededNs, this.#unneededTicks);
  }

  /** What was handed out × the time until then, which is the beginning of its step, or all of `duration` if that ends before. */
  #measureGrowth(
    { first, growth: slope }: StepSeries,
    growth: Growth,
    steps: number,
    duration: ExactTime,
  ): void {
    let [grownNs, grownTicks, unneededNs, unneededTicks] = [0, 0, 0, 0];
    for (let entry = 0; entry < growth.entries; entry += 1) {
      const step = growth.steps[entry]!;
      const pairs = (step * (step - 1)) / 2;
      const begins = step <= steps;
      const ns = begins ? first.ns * step + slope.ns * pairs : duration.ns;
      const ticks = begins ? first.ticks * step + slope.ticks * pairs : duration.ticks;
      const grown = growth.grown[entry]!;
      const unneeded = growth.unneeded[entry]!;
      grownNs += grown * ns;
      grownTicks += grown * ticks;
      unneededNs += unneeded * ns;
      unneededTicks += unneeded * ticks;
    }
    this.#grownNs = exact(grownNs);
    this.#grownTicks = exact(grownTicks);
    this.#unneededNs = exact(unneededNs);
    this.#unneededTicks = exact(unneededTicks);
  }
}

function exact(sum: number): number {
  if (sum > Number.MAX_SAFE_INTEGER) fail("the time of a series of iterations is not exact");
  return sum;
}
