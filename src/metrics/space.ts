import type { Pool } from "../allocators/allocator.ts";
import { assert, fail } from "../core/assert.ts";
import { Growth, NO_GROWTH } from "../core/growth.ts";
import {
  Clock,
  compareTime,
  type ExactTime,
  stepsWithin,
  subtractTime,
  TICKS_PER_NANOSECOND,
} from "../core/time.ts";
import type { Iterations } from "../facts.ts";
import type { Slots } from "../request.ts";
import { copyIntegrals, type Integral, newIntegrals } from "./integral.ts";
import type { LedgerTotals } from "./ledger.ts";
import type { FreeShare } from "./shares.ts";
import { type WindowEnd, Windows } from "./windows.ts";

/** What an integral takes beside an amount × a time; series are cut so short that theirs stays below it (scheduler/iterations.ts). */
const EXACT_BELOW = 6 * 2 ** 50;

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

/** The integrals by name, which is sooner found than their columns. */
class Sums {
  readonly columns = newIntegrals(COLUMNS);
  readonly tokenStates = this.columns[SPACE.tokenStates]!;
  readonly useful = this.columns[SPACE.useful]!;
  readonly internal = this.columns[SPACE.internal]!;
  readonly rounding = this.columns[SPACE.rounding]!;
  readonly external = this.columns[SPACE.external]!;
  readonly remainder = this.columns[SPACE.remainder]!;
  readonly idle = this.columns[SPACE.idle]!;
  readonly sharedAgain = this.columns[SPACE.sharedAgain]!;
  readonly scattered = this.columns[SPACE.scattered]!;
  readonly cached = this.columns[SPACE.cached]!;
  readonly emitted = this.columns[SPACE.emitted]!;

  free(share: FreeShare): Integral {
    if (share === "idle") return this.idle;
    return share === "remainder" ? this.remainder : this.external;
  }
}

/** Nothing runs. */
const IDLENESS: Iterations = {
  start: new Clock(),
  end: new Clock(),
  steps: 0,
  price: { series: { first: new Clock(), growth: new Clock() }, steps: 1, transfer: new Clock() },
  batch: {
    work: {
      prefillTokens: 0,
      prefillSquares: 0,
      decodeSequences: 0,
      contextTokens: 0,
      copiedTokens: 0,
      swappedBlocks: 0,
      swappedTokens: 0,
    },
    firstTokens: 0,
    freeShare: "idle",
  },
  growth: NO_GROWTH,
};

/**
 * Integrates over exact time where the pool's slots are. A series of iterations is added by its closed form, whatever was handed out on
 * the way; at an edge of a bin or of the window inside it, the same form gives the integrals up to there.
 */
export class Space {
  readonly windows: Windows;
  /** The fewest slots that were free during an iteration. */
  freeLeast: Slots = 0;
  readonly #pool: Pool;
  readonly #holdings: Readonly<LedgerTotals>;
  readonly #sums = new Sums();
  readonly #atEdge = new Sums();
  readonly #growthAtEdge = new Growth();
  readonly #position = new Clock();

  /** `holdings`: what groups hold of the pool, which somebody else keeps. */
  constructor(pool: Pool, holdings: Readonly<LedgerTotals>, fromNs: number, until: WindowEnd) {
    this.#pool = pool;
    this.#holdings = holdings;
    this.freeLeast = pool.usage.free;
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  /** Nothing runs until `end`. */
  stay(end: ExactTime): void {
    if (compareTime(end, this.#position) <= 0) return;
    if (this.windows.nextEdgeNs <= end.ns) this.#passEdges(IDLENESS, end);
    this.#add(this.#sums, IDLENESS, 0, NO_GROWTH, end);
    this.#position.set(end);
  }

  /** Iterations follow; the holdings are those of the last one, but for the token states, which are those of the first. */
  iterate(iterations: Iterations): void {
    const { start, end, steps, growth } = iterations;
    const { ns, ticks } = this.#position;
    assert(start.ns === ns && start.ticks === ticks, "iterations begin before or after now");
    if (this.windows.nextEdgeNs <= end.ns) this.#passEdges(iterations, end);
    const free = this.#add(this.#sums, iterations, steps, growth, end);
    if (free < this.freeLeast) this.freeLeast = free;
    this.#position.set(end);
  }

  /** Tokens emitted in the window, each counted at the end of its iteration. */
  emittedInWindow(): number {
    return Number(this.windows.windowTotal(SPACE.emitted) / BigInt(TICKS_PER_NANOSECOND));
  }

  /** The run has ended. */
  finish(): void {
    const { ns, ticks } = this.#position;
    this.windows.finish({ ns, ticks }, this.#sums.columns);
  }

  /** Passes the edges until `end`, up to which the iterations, or nothing, go on. */
  #passEdges(iterations: Iterations, end: ExactTime): void {
    while (this.windows.nextEdgeNs <= end.ns) {
      const edge = { ns: this.windows.nextEdgeNs, ticks: 0 };
      const toEdge = subtractTime(edge, this.#position);
      const steps = stepsWithin(iterations.price.series, toEdge, iterations.steps);
      this.#growthAtEdge.takeUntil(steps, iterations.growth);
      copyIntegrals(this.#atEdge.columns, this.#sums.columns);
      this.#add(this.#atEdge, iterations, steps, this.#growthAtEdge, edge);
      this.windows.pass(this.#atEdge.columns);
    }
  }

  /** Adds the time from the position to `end`, by which `steps` of the iterations have ended. Returns the free slots. */
  #add(
    sums: Sums,
    { price, batch: { work, firstTokens, freeShare } }: Iterations,
    steps: number,
    { grown, unneeded, evicted }: Growth,
    end: ExactTime,
  ): Slots {
    const { first, growth: slope } = price.series;
    const { reserved, internal, rounding, reached } = this.#holdings;
    const { free, held, unusable, largestHole, cached = 0 } = this.#pool.usage;
    const slots = this.#pool.growthSlots;
    const ns = end.ns - this.#position.ns;
    const ticks = end.ticks - this.#position.ticks;

    // Every writer has a token state more from the end of each step on: of step i after first·i + growth·i·(i − 1) / 2.
    const writers = work.decodeSequences;
    const linear = (steps * (steps + 1)) / 2;
    const square = ((steps - 1) * steps * (steps + 1)) / 6;
    const writtenNs = writers * (steps * ns - first.ns * linear - slope.ns * square);
    const writtenTicks = writers * (steps * ticks - first.ticks * linear - slope.ticks * square);

    // The holdings are those after all growth: until it was handed out, it was free instead.
    const slotsLinear = slots * grown.linear;
    const slotsSquare = slots * grown.square;
    const slotsLater = slots * grown.later;
    const ungrownNs = first.ns * slotsLinear + slope.ns * slotsSquare + ns * slotsLater;
    const ungrownTicks = first.ticks * slotsLinear + slope.ticks * slotsSquare + ticks * slotsLater;
    const unneededNs =
      first.ns * unneeded.linear + slope.ns * unneeded.square + ns * unneeded.later;
    const unneededTicks =
      first.ticks * unneeded.linear + slope.ticks * unneeded.square + ticks * unneeded.later;

    const areExact = writtenNs < EXACT_BELOW && ungrownNs < EXACT_BELOW;
    if (!(areExact && writtenTicks < EXACT_BELOW && ungrownTicks < EXACT_BELOW))
      fail("the time of a series of iterations is not exact");

    // Blocks that requests share are full, and each of them has booked them as written: they are written once.
    const useful = held - internal - rounding;
    sums.tokenStates.add(useful - reserved, ns, ticks, writtenNs, writtenTicks);
    sums.useful.add(useful, ns, ticks, unneededNs - ungrownNs, unneededTicks - ungrownTicks);
    sums.internal.add(internal, ns, ticks, -unneededNs, -unneededTicks);
    sums.free(freeShare).add(free, ns, ticks, ungrownNs, ungrownTicks);
    sums.emitted.addNs(steps, writers + firstTokens);
    if (rounding + unusable > 0) sums.rounding.add(rounding + unusable, ns, ticks, 0, 0);
    if (reached > held) sums.sharedAgain.add(reached - held, ns, ticks, 0, 0);
    if (free > largestHole) sums.scattered.add(free - largestHole, ns, ticks, 0, 0);
    if (cached > 0 || evicted.total > 0) {
      const evictedNs = first.ns * evicted.linear + slope.ns * evicted.square + ns * evicted.later;
      const evictedTicks =
        first.ticks * evicted.linear + slope.ticks * evicted.square + ticks * evicted.later;
      sums.cached.add(cached, ns, ticks, slots * evictedNs, slots * evictedTicks);
    }
    return free;
  }
}
