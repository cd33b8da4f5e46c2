import { Pool } from "../allocators/pool";
import { Growth, HandedOut } from "../core/growth";
import { Clock, compareTime, TICKS } from "../core/time";
import { Price } from "../latency/latency";
import { Integrals, ROOM } from "./integrals";
import { Ledger } from "./ledger";
import * as COLUMN from "./space-columns";
import { COLUMNS } from "./space-columns";
import { Windows } from "./windows";

/**
 * Nanoseconds by which a stretch counts as longer, so that its ticks, too, find room: of each of the four terms that it adds they are
 * fewer than 2^20 a slot.
 */
const STRETCH_NS: f64 = 4 * TICKS;

/** What goes on during a stretch of time: equal iterations, or none. */
@final
export class Iterations {
  steps: i32 = 0;
  /** Sequences that write a token in each; tokens that are emitted besides; and what free slots are called. */
  writers: f64 = 0;
  firstTokens: f64 = 0;
  freeShare: i32 = COLUMN.idle;
  price: Price | null = null;
  growth: Growth | null = null;
}

const IDLING = new Iterations();

/**
 * Integrates over exact time where the pool's slots are. A series of iterations is added by its closed form, whatever was handed out on
 * the way; at an edge of a bin or of the window inside it, the same form gives the integrals up to there.
 */
@final
export class Space {
  readonly windows: Windows;
  /** The fewest slots that were free while time passed. */
  freeLeast: i32;
  private readonly pool: Pool;
  private readonly ledger: Ledger;
  private readonly integrals: Integrals = new Integrals(COLUMNS);
  private readonly atEdge: Integrals = new Integrals(COLUMNS);
  private readonly growthAtEdge: Growth = new Growth();
  private readonly edge: Clock = new Clock();
  private readonly untilEdge: Clock = new Clock();
  /** All is added up to here. */
  private readonly position: Clock = new Clock();
  /** The stretch of time that is being added, and the longest that is added at once. */
  private ns: f64 = 0;
  private ticks: f64 = 0;
  private readonly longestNs: f64;
  /** For how much time the doubles have room: no column gains more than all slots × time. */
  private roomNs: f64 = 0;

  /** The measuring window, as {@link Windows} takes it. */
  constructor(pool: Pool, ledger: Ledger, fromNs: f64, until: f64) {
    this.pool = pool;
    this.ledger = ledger;
    this.freeLeast = pool.freeSlots;
    this.longestNs = floor(ROOM / <f64>pool.slots) - STRETCH_NS;
    this.windows = new Windows(COLUMNS, fromNs, until);
  }

  /** Nothing runs until `end`. */
  stay(end: Clock): void {
    if (compareTime(end, this.position) > 0) this.passTo(end, IDLING);
  }

  /** Iterations have gone on until `end`; the holdings are those behind the last one. */
  passTo(end: Clock, iterations: Iterations): void {
    if (this.windows.nextEdgeNs <= end.ns) this.passEdges(end, iterations);
    this.addStill(this.integrals, end, iterations, iterations.steps);
    if (iterations.steps > 1)
      this.addSteps(this.integrals, end, iterations, iterations.steps, iterations.growth!);
    this.position.set(end);
  }

  /** The run has ended. */
  finish(): void {
    this.windows.finish(this.position, this.integrals);
  }

  /** Passes the edges until `end`, up to which the iterations go on. */
  private passEdges(end: Clock, iterations: Iterations): void {
    const windows = this.windows;
    const steps = iterations.steps;
    while (windows.nextEdgeNs <= end.ns) {
      this.edge.setNs(windows.nextEdgeNs);
      this.untilEdge.setDifference(this.edge, this.position);
      const ended = steps === 0 ? 0 : iterations.price!.stepsWithin(this.untilEdge, steps);
      this.atEdge.copy(this.integrals);
      this.addStill(this.atEdge, this.edge, iterations, ended);
      if (steps > 1) {
        this.growthAtEdge.takeUntil(ended, iterations.growth!);
        this.addSteps(this.atEdge, this.edge, iterations, ended, this.growthAtEdge);
      }
      windows.pass(this.atEdge);
    }
  }

  /** What is added next lasts from the position to `end`. */
  @inline
  private stretchTo(end: Clock): void {
    this.ns = end.ns - this.position.ns;
    this.ticks = end.ticks - this.position.ticks;
  }

  /**
   * Adds the stretch to `end`, by which `ended` of the iterations have ended, as if all growth came before it, and all that is written
   * behind it.
   */
  @inline
  private addStill(integrals: Integrals, end: Clock, iterations: Iterations, ended: i32): void {
    this.stretchTo(end);
    const emitted = <f64>ended * (iterations.writers + iterations.firstTokens);
    const writtenLater = <f64>iterations.steps * iterations.writers;
    integrals.sums[COLUMN.emitted] += emitted;
    if (this.ns > this.longestNs) this.addLong(integrals, iterations.freeShare, writtenLater);
    this.addHoldings(integrals, this.ns, this.ticks, iterations.freeShare, writtenLater);
  }

  /** Adds so much of the stretch that no more is left than is added at once. */
  private addLong(integrals: Integrals, freeShare: i32, writtenLater: f64): void {
    for (; this.ns > this.longestNs; this.ns -= this.longestNs)
      this.addHoldings(integrals, this.longestNs, 0, freeShare, writtenLater);
  }

  /** Adds what is where for so long. */
  @inline
  private addHoldings(
    integrals: Integrals,
    ns: f64,
    ticks: f64,
    freeShare: i32,
    writtenLater: f64,
  ): void {
    const pool = this.pool;
    const ledger = this.ledger;
    this.roomNs -= ns + STRETCH_NS;
    if (this.roomNs < 0) {
      this.integrals.makeRoom();
      this.atEdge.makeRoom();
      this.roomNs = this.longestNs - ns;
    }
    const free: f64 = pool.freeSlots;
    const held = <f64>(pool.slots - pool.unusable) - free;
    // Blocks that requests share are full, and each of them has booked them as written: they are written once.
    const internal = ledger.internal;
    const useful = held - internal - ledger.rounding;
    const tokenStates = useful - ledger.reserved - writtenLater;
    const lost = ledger.rounding + <f64>pool.unusable;
    const scattered = pool.hasHoles ? free - <f64>pool.largestHole() : 0;
    const cached: f64 = pool.keepsContent ? pool.cachedSlots() : 0;
    const again = ledger.reached - held;
    const sums = integrals.sums;
    Integrals.add(sums, COLUMNS, COLUMN.tokenStates, tokenStates * ns, tokenStates * ticks);
    Integrals.add(sums, COLUMNS, COLUMN.useful, useful * ns, useful * ticks);
    Integrals.add(sums, COLUMNS, COLUMN.internal, internal * ns, internal * ticks);
    Integrals.add(sums, COLUMNS, freeShare, free * ns, free * ticks);
    if (lost > 0) Integrals.add(sums, COLUMNS, COLUMN.rounding, lost * ns, lost * ticks);
    if (scattered > 0)
      Integrals.add(sums, COLUMNS, COLUMN.scattered, scattered * ns, scattered * ticks);
    if (cached > 0) Integrals.add(sums, COLUMNS, COLUMN.cached, cached * ns, cached * ticks);
    if (again > 0) integrals.addAgain(COLUMN.sharedAgain, again, ns, ticks);
    this.freeLeast = min(this.freeLeast, <i32>free);
  }

  /** Adds what changed before the end of the stretch, by which `steps` of the iterations have ended. */
  private addSteps(
    integrals: Integrals,
    end: Clock,
    iterations: Iterations,
    steps: f64,
    growth: Growth,
  ): void {
    const price = iterations.price!;
    const first = price.first;
    const slope = price.growth;
    const writers = iterations.writers;
    this.stretchTo(end);
    // Every writer has a token state more from the end of each step on: of step i after first·i + growth·i·(i − 1) / 2.
    const linear = 0.5 * steps * (steps + 1);
    const square = (linear * (steps - 1)) / 3;
    const ticks = this.ticks * steps - first.ticks * linear - slope.ticks * square;
    const carried = wholeNanoseconds(ticks);
    const ns = this.ns * steps - first.ns * linear - slope.ns * square;
    const sums = integrals.sums;
    const ticksLeft = ticks - carried * TICKS;
    Integrals.add(sums, COLUMNS, COLUMN.tokenStates, writers * (ns + carried), writers * ticksLeft);

    // The holdings are those after all growth: until it was handed out, it was free instead.
    const slots: f64 = this.pool.growthSlots;
    this.addUntil(sums, iterations.freeShare, COLUMN.useful, slots, growth.grown, price);
    if (growth.unneeded.total > 0)
      this.addUntil(sums, COLUMN.useful, COLUMN.internal, 1, growth.unneeded, price);
    if (growth.evicted.total > 0)
      this.addUntil(sums, COLUMN.cached, COLUMN.cached, slots, growth.evicted, price);
  }

  /** Until each of `handedOut`, which is `slots`, was there, it was in column `before` rather than in `after`. */
  private addUntil(
    sums: StaticArray<f64>,
    before: i32,
    after: i32,
    slots: f64,
    handedOut: HandedOut,
    price: Price,
  ): void {
    const first = price.first;
    const slope = price.growth;
    const linear = handedOut.linear;
    const square = handedOut.square;
    const ticks = first.ticks * linear + slope.ticks * square + this.ticks * handedOut.later;
    const carried = wholeNanoseconds(ticks);
    const ns = first.ns * linear + slope.ns * square + this.ns * handedOut.later;
    const untilNs = slots * (ns + carried);
    const untilTicks = slots * (ticks - carried * TICKS);
    Integrals.add(sums, COLUMNS, before, untilNs, untilTicks);
    if (after !== before) Integrals.add(sums, COLUMNS, after, -untilNs, -untilTicks);
  }
}

/** The nanoseconds next to so many ticks. */
function wholeNanoseconds(ticks: f64): f64 {
  return nearest(ticks / TICKS);
}
