import type { Pool } from "../allocators/allocator.ts";
import { DOUBLE } from "../core/double.ts";
import { Growth, type HandedOut } from "../core/growth.ts";
import {
  Clock,
  compareTime,
  type ExactTime,
  type StepSeries,
  stepsWithin,
  TICKS_PER_NANOSECOND,
} from "../core/time.ts";
import { type Iterations, noIterations } from "../facts.ts";
import type { Slots } from "../request.ts";
import { Integrals, ROOM } from "./integrals.ts";
import type { LedgerTotals } from "./ledger.ts";
import type { FreeShare } from "./shares.ts";
import { SPACE } from "./space-columns.ts";
import { type WindowEnd, Windows } from "./windows.ts";

/** Constants of this module, unlike imports, are not looked up each time. */
const COLUMN = SPACE;
const COLUMNS = Object.keys(SPACE).length;
const PER_NANOSECOND = TICKS_PER_NANOSECOND;

/** Whose neighbours in the doubles are a nanosecond's ticks away. */
const ROUNDING_TICKS = 1.5 * 2 ** 52 * TICKS_PER_NANOSECOND;

/**
 * Nanoseconds by which a stretch counts as longer, so that its ticks, too, find room: of each of the four terms that it adds they are
 * fewer than 2^20 a slot.
 */
const STRETCH_NS = 4 * TICKS_PER_NANOSECOND;

const IDLING = noIterations();

/**
 * Integrates over exact time where the pool's slots are. A series of iterations is added by its closed form, whatever was handed out on
 * the way; at an edge of a bin or of the window inside it, the same form gives the integrals up to there.
 */
export class Space {
  readonly windows: Windows;
  /** The fewest slots that were free while time passed. */
  freeLeast: Slots;
  private readonly pool: Pool;
  #growthSlots: Slots = DOUBLE;
  private readonly holdings: Readonly<LedgerTotals>;
  readonly #integrals = new Integrals(COLUMNS);
  readonly #atEdge = new Integrals(COLUMNS);
  readonly #growthAtEdge = new Growth();
  readonly #edge = new Clock();
  readonly #untilEdge = new Clock();
  /** All is added up to here. */
  readonly #position = new Clock();
  /** The stretch of time that is being added, and the longest that is added at once. */
  #ns = DOUBLE;
  #ticks = DOUBLE;
  #longestNs = DOUBLE;
  /** For how much time the doubles have room: no column gains more than all slots × time. */
  #roomNs = DOUBLE;
  /** Σ slots × time until they were handed out, as last measured. */
  #untilNs = DOUBLE;
  #untilTicks = DOUBLE;

  /** `holdings`: what groups hold of the pool, which somebody else keeps. */
  constructor(pool: Pool, holdings: Readonly<LedgerTotals>, fromNs: number, until: WindowEnd) {
    this.pool = pool;
    this.#growthSlots = pool.growthSlots;
    this.#longestNs = Math.floor(ROOM / pool.usage.slots) - STRETCH_NS;
    this.#roomNs = 0;
    this.holdings = holdings;
    this.freeLeast = pool.usage.free;
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  /** Nothing runs until `end`. */
  stay(end: ExactTime): void {
    if (compareTime(end, this.#position) > 0) this.#passTo(end, IDLING);
  }

  /** Iterations follow; the holdings are those behind the last one. */
  iterate(iterations: Iterations): void {
    this.#passTo(iterations.end, iterations);
  }

  /** Tokens emitted in the window, each counted at the end of its iteration. */
  emittedInWindow(): number {
    return Number(this.windows.windowTotal(COLUMN.emitted) / BigInt(TICKS_PER_NANOSECOND));
  }

  /** The run has ended. */
  finish(): void {
    this.windows.finish(this.#position, this.#integrals);
  }

  #passTo(end: ExactTime, iterations: Iterations): void {
    const { steps, growth } = iterations;
    if (this.windows.nextEdgeNs <= end.ns) this.#passEdges(end, iterations);
    this.#addStill(this.#integrals, end, iterations, steps);
    if (steps > 1) this.#addSteps(this.#integrals, end, iterations, steps, growth);
    this.#position.set(end);
  }

  /** Passes the edges until `end`, up to which the iterations go on. */
  #passEdges(end: ExactTime, iterations: Iterations): void {
    const { steps, price, growth } = iterations;
    while (this.windows.nextEdgeNs <= end.ns) {
      this.#edge.setNs(this.windows.nextEdgeNs);
      this.#untilEdge.setDifference(this.#edge, this.#position);
      const ended = stepsWithin(price, this.#untilEdge, steps);
      this.#atEdge.copy(this.#integrals);
      this.#addStill(this.#atEdge, this.#edge, iterations, ended);
      this.#growthAtEdge.takeUntil(ended, growth);
      if (steps > 1)
        this.#addSteps(this.#atEdge, this.#edge, iterations, ended, this.#growthAtEdge);
      this.windows.pass(this.#atEdge);
    }
  }

  /** What is added next lasts from the position to `end`. */
  #stretchTo(end: ExactTime): void {
    this.#ns = end.ns - this.#position.ns;
    this.#ticks = end.ticks - this.#position.ticks;
  }

  /**
   * Adds the stretch to `end`, by which `steps` of the iterations have ended, as if all growth came before it, and all that is written
   * behind it.
   */
  #addStill(integrals: Integrals, end: ExactTime, iterations: Iterations, steps: number): void {
    this.#stretchTo(end);
    this.#roomNs -= this.#ns + STRETCH_NS;
    if (this.#roomNs < 0) this.#makeRoom(integrals, iterations);
    const ns = this.#ns;
    const ticks = this.#ticks;
    const { sums } = integrals;
    const { firstTokens, freeShare, work } = iterations.batch;
    const { reserved, internal, rounding, reached } = this.holdings;
    const { free, held, unusable, largestHole, cached = 0 } = this.pool.usage;
    // Blocks that requests share are full, and each of them has booked them as written: they are written once.
    const useful = held - internal - rounding;
    const tokenStates = useful - reserved - iterations.steps * work.decodeSequences;
    addTo(sums, COLUMN.tokenStates, tokenStates * ns, tokenStates * ticks);
    addTo(sums, COLUMN.useful, useful * ns, useful * ticks);
    addTo(sums, COLUMN.internal, internal * ns, internal * ticks);
    addTo(sums, columnOf(freeShare), free * ns, free * ticks);
    sums[COLUMN.emitted]! += steps * (work.decodeSequences + firstTokens);
    const lost = rounding + unusable;
    const scattered = free - largestHole;
    if (lost > 0) addTo(sums, COLUMN.rounding, lost * ns, lost * ticks);
    if (scattered > 0) addTo(sums, COLUMN.scattered, scattered * ns, scattered * ticks);
    if (cached > 0) addTo(sums, COLUMN.cached, cached * ns, cached * ticks);
    if (reached > held) integrals.add(COLUMN.sharedAgain, reached - held, ns, ticks);
    if (free < this.freeLeast) this.freeLeast = free;
  }

  /** Adds what changed before the end of the stretch, by which `steps` of the iterations have ended. */
  #addSteps(
    { sums }: Integrals,
    end: ExactTime,
    { price, batch }: Iterations,
    steps: number,
    { grown, unneeded, evicted }: Growth,
  ): void {
    this.#stretchTo(end);
    const { first, growth: slope } = price;
    const writers = batch.work.decodeSequences;
    // Every writer has a token state more from the end of each step on: of step i after first·i + growth·i·(i − 1) / 2.
    const linear = 0.5 * steps * (steps + 1);
    const square = (linear * (steps - 1)) / 3;
    const ticks = this.#ticks * steps - first.ticks * linear - slope.ticks * square;
    const carried = wholeNanoseconds(ticks);
    const ns = this.#ns * steps - first.ns * linear - slope.ns * square;
    const writtenNs = writers * (ns + carried / PER_NANOSECOND);
    const writtenTicks = writers * (ticks - carried);

    // The holdings are those after all growth: until it was handed out, it was free instead.
    this.#measure(grown, price, this.#growthSlots);
    const freeNs = this.#untilNs;
    const freeTicks = this.#untilTicks;
    addTo(sums, COLUMN.tokenStates, writtenNs, writtenTicks);
    addTo(sums, COLUMN.useful, -freeNs, -freeTicks);
    addTo(sums, columnOf(batch.freeShare), freeNs, freeTicks);
    if (unneeded.total > 0) {
      this.#measure(unneeded, price, 1);
      addTo(sums, COLUMN.useful, this.#untilNs, this.#untilTicks);
      addTo(sums, COLUMN.internal, -this.#untilNs, -this.#untilTicks);
    }
    if (evicted.total > 0) {
      this.#measure(evicted, price, this.#growthSlots);
      addTo(sums, COLUMN.cached, this.#untilNs, this.#untilTicks);
    }
  }

  /** Sums up the time until each of `handedOut` was there, which is `slots` each. */
  #measure(handedOut: HandedOut, { first, growth }: StepSeries, slots: Slots): void {
    const { linear, square, later } = handedOut;
    const ticks = first.ticks * linear + growth.ticks * square + this.#ticks * later;
    const carried = wholeNanoseconds(ticks);
    const ns = first.ns * linear + growth.ns * square + this.#ns * later;
    this.#untilNs = slots * (ns + carried / PER_NANOSECOND);
    this.#untilTicks = slots * (ticks - carried);
  }

  /** Moves what has grown large out of the doubles, and adds what of the stretch is too long to be added at once. */
  #makeRoom(integrals: Integrals, iterations: Iterations): void {
    this.#integrals.makeRoom();
    this.#atEdge.makeRoom();
    this.#roomNs = this.#longestNs;
    if (this.#ns > this.#longestNs) this.#addPieces(integrals, iterations);
  }

  /** Adds as much of the stretch as can be added in pieces of the greatest length, and leaves the rest. */
  #addPieces(integrals: Integrals, iterations: Iterations): void {
    const ns = this.#ns;
    const ticks = this.#ticks;
    const pieces = Math.floor(ns / this.#longestNs);
    const piece = new Integrals(COLUMNS);
    const end = new Clock();
    end.set(this.#position);
    end.ns += this.#longestNs;
    this.#roomNs = Infinity;
    this.#addStill(piece, end, iterations, 0);
    integrals.addTimes(piece, pieces);
    this.#roomNs = 0;
    this.#ns = ns - pieces * this.#longestNs;
    this.#ticks = ticks;
  }
}

// Functions that are constants are part of what V8 makes of those that call them.
const addTo = (sums: Float64Array, column: number, ns: number, ticks: number): void => {
  sums[column]! += ns;
  sums[COLUMNS + column]! += ticks;
};

const columnOf = (share: FreeShare): number => {
  if (share === "idle") return COLUMN.idle;
  return share === "remainder" ? COLUMN.remainder : COLUMN.external;
};

/** The ticks of the nanoseconds next to `ticks`: a sum with {@link ROUNDING_TICKS} is as precise as that. */
const wholeNanoseconds = (ticks: number): number => ticks + ROUNDING_TICKS - ROUNDING_TICKS;
