import { ExactSum } from "../core/exact-sum.ts";
import {
  addTime,
  compareTime,
  type ExactTime,
  type Nanoseconds,
  type StepSeries,
  seriesAfter,
  seriesMoment,
  seriesTotal,
  stepsToCover,
  subtractTime,
  TICKS_PER_NANOSECOND,
  ZERO_TIME,
} from "../core/time.ts";
import { TimeBins } from "./bins.ts";

/** Exact sums of amount × time, one a column. */
class Integrals {
  readonly #ns: readonly ExactSum[];
  readonly #ticks: readonly ExactSum[];

  constructor(columns: number) {
    this.#ns = Array.from({ length: columns }, () => new ExactSum());
    this.#ticks = Array.from({ length: columns }, () => new ExactSum());
  }

  add(column: number, amount: number, duration: ExactTime): void {
    this.#ns[column]!.addProduct(amount, duration.ns);
    this.#ticks[column]!.addProduct(amount, duration.ticks);
  }

  /** Adds all of `other`, which becomes 0. */
  absorb(other: Integrals): void {
    for (let column = 0; column < this.#ns.length; column += 1) {
      this.#ns[column]!.absorb(other.#ns[column]!);
      this.#ticks[column]!.absorb(other.#ticks[column]!);
    }
  }

  reset(): void {
    for (const sum of this.#ns) sum.reset();
    for (const sum of this.#ticks) sum.reset();
  }

  /** Amount × ticks. */
  total(column: number): bigint {
    const ns = this.#ns[column]!.toBigInt();
    return ns * BigInt(TICKS_PER_NANOSECOND) + this.#ticks[column]!.toBigInt();
  }
}

/** How the measuring window ends. */
export type WindowEnd = Nanoseconds | "last-arrival" | "end";

/**
 * Integrates amounts over exact time, for a measuring window and for timeline bins at once. A run of iterations is added by
 * its closed form and is cut only where a bin or the window begins or ends inside it.
 */
export class Integrator {
  /** How far time has been integrated. */
  position: ExactTime = ZERO_TIME;
  /** Where the window ends, as far as is known. */
  windowEnd: ExactTime = ZERO_TIME;
  /** Tokens emitted in the window, counted at the end of their iteration. */
  windowTokens = 0;
  readonly bins: TimeBins;
  readonly #columns: number;
  readonly #bin: Integrals;
  /** Since the last commit: in the window only if that turns out to reach further. */
  readonly #open: Integrals;
  readonly #window: Integrals;
  readonly #from: ExactTime;
  readonly #until: ExactTime | null;
  readonly #endsWithArrivals: boolean;
  #openTokens = 0;
  #commitAt: ExactTime | null = null;
  #closed: boolean;

  constructor(columns: number, fromNs: Nanoseconds, until: WindowEnd) {
    this.#columns = columns;
    this.bins = new TimeBins(columns);
    this.#bin = new Integrals(columns);
    this.#open = new Integrals(columns);
    this.#window = new Integrals(columns);
    this.#from = { ns: fromNs, ticks: 0 };
    this.#until = typeof until === "number" ? { ns: until, ticks: 0 } : null;
    this.#endsWithArrivals = until === "last-arrival";
    this.#closed = until === 0;
  }

  /** The window reaches at least to the end of the nanosecond `atNs`, or of the run. */
  reach(atNs: Nanoseconds): void {
    this.#commitAt = { ns: atNs + 1, ticks: 0 };
  }

  /** The run has ended here, and with it a window that was to reach further. */
  finish(): void {
    if (this.#commitAt !== null || !this.#endsWithArrivals) this.#commit();
  }

  /**
   * `steps` iterations. `amounts` (changed in place) are those of the first; column 0 grows by `writers` each
   * iteration, the others stay; `emitted` tokens are emitted at the end of each.
   */
  addSteps(
    series: StepSeries,
    steps: number,
    amounts: number[],
    writers: number,
    emitted: number,
  ): void {
    let rest = series;
    let left = steps;
    while (left > 0) {
      const room = subtractTime(this.#nextEdge(), this.position);
      const covering = stepsToCover(rest, room, left);
      const fits = compareTime(seriesTotal(rest, covering), room) <= 0;
      const whole = fits ? covering : covering - 1;
      this.#addWhole(rest, whole, amounts, writers, emitted);
      rest = seriesAfter(rest, whole);
      left -= whole;
      if (fits) continue;
      this.#addCut(rest.first, amounts, emitted);
      amounts[0]! += writers;
      rest = seriesAfter(rest, 1);
      left -= 1;
    }
  }

  /** The amounts stay as they are until `end`. */
  addConstant(end: ExactTime, amounts: readonly number[]): void {
    while (compareTime(this.position, end) < 0) {
      const edge = this.#nextEdge();
      const until = compareTime(edge, end) < 0 ? edge : end;
      this.#addAll(amounts, subtractTime(until, this.position));
      this.#moveTo(until);
    }
  }

  /** Amount × ticks of a column in the window. */
  windowTotal(column: number): bigint {
    return this.windowTicks() === 0n ? 0n : this.#window.total(column);
  }

  /** Length of the window in ticks; 0 if it is empty. */
  windowTicks(): bigint {
    if (compareTime(this.windowEnd, this.#from) <= 0) return 0n;
    const { ns, ticks } = subtractTime(this.windowEnd, this.#from);
    return BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);
  }

  /** Timeline columns in amount × ticks, cut at the position, in bins of at least `widthNs`. */
  finishBins(widthNs: Nanoseconds): bigint[][] {
    this.#flushBin();
    return this.bins.finish(this.position.ns, widthNs);
  }

  #addWhole(
    series: StepSeries,
    steps: number,
    amounts: number[],
    writers: number,
    emitted: number,
  ): void {
    if (steps === 0) return;
    const duration = seriesTotal(series, steps);
    this.#addAll(amounts, duration);
    if (writers > 0) {
      this.#add(0, writers, seriesMoment(series, steps));
      amounts[0]! += writers * steps;
    }
    this.#openTokens += emitted * steps;
    this.#moveTo(addTime(this.position, duration));
  }

  /** One iteration that an edge falls into. */
  #addCut(duration: ExactTime, amounts: readonly number[], emitted: number): void {
    const end = addTime(this.position, duration);
    let edge = this.#nextEdge();
    for (; compareTime(edge, end) < 0; edge = this.#nextEdge()) this.addConstant(edge, amounts);
    this.#addAll(amounts, subtractTime(end, this.position));
    this.#openTokens += emitted;
    this.#moveTo(end);
  }

  #addAll(amounts: readonly number[], duration: ExactTime): void {
    for (let column = 0; column < amounts.length; column += 1)
      if (amounts[column] !== 0) this.#add(column, amounts[column]!, duration);
  }

  #add(column: number, amount: number, duration: ExactTime): void {
    this.#bin.add(column, amount, duration);
    if (!this.#closed) this.#open.add(column, amount, duration);
  }

  #nextEdge(): ExactTime {
    let edge: ExactTime = { ns: this.bins.edgeNs(), ticks: 0 };
    for (const other of [this.#from, this.#until, this.#commitAt])
      if (other !== null && compareTime(other, this.position) > 0 && compareTime(other, edge) < 0)
        edge = other;
    return edge;
  }

  #moveTo(time: ExactTime): void {
    this.position = time;
    if (time.ticks !== 0) return;
    if (time.ns === this.bins.edgeNs()) {
      this.#flushBin();
      this.bins.next();
    }
    if (time.ns === this.#from.ns) this.#beginWindow();
    if (this.#commitAt !== null && time.ns === this.#commitAt.ns) this.#commit();
    if (this.#until !== null && time.ns === this.#until.ns) {
      this.#commit();
      this.#closed = true;
    }
  }

  #commit(): void {
    this.#commitAt = null;
    if (this.#closed) return;
    this.windowEnd = this.position;
    this.windowTokens += this.#openTokens;
    this.#openTokens = 0;
    this.#window.absorb(this.#open);
  }

  #beginWindow(): void {
    this.#openTokens = 0;
    this.windowTokens = 0;
    this.#open.reset();
    this.#window.reset();
  }

  #flushBin(): void {
    for (let column = 0; column < this.#columns; column += 1)
      this.bins.gather(column, this.#bin.total(column));
    this.#bin.reset();
  }
}
