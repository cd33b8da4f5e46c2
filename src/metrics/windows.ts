import {
  compareTime,
  type ExactTime,
  type Nanoseconds,
  subtractTime,
  TICKS_PER_NANOSECOND,
  ZERO_TIME,
} from "../core/time.ts";
import { TimeBins } from "./bins.ts";
import { Integrals } from "./integrals.ts";

/** How the measuring window ends. */
export type WindowEnd = Nanoseconds | "last-arrival" | "end";

/**
 * The measuring window and the timeline bins over integrals that grow from time 0: what they were at the edges says all. Whoever
 * integrates must stop at every edge on the way.
 */
export class Windows {
  /** The next instant at which the integrals are needed. */
  nextEdgeNs: Nanoseconds = 0;
  readonly bins: TimeBins;
  private readonly binBegin: Integrals;
  private readonly from: Integrals;
  private readonly until: Integrals;
  private readonly fromNs: Nanoseconds;
  private readonly end: WindowEnd;
  /** Where the window may end: after what may have been the last arrival. */
  #commitNs: Nanoseconds = Infinity;
  /** Whether what may have been the last arrival has come. */
  #reached = false;
  #passedNs: Nanoseconds = 0;
  #runEndNs: Nanoseconds = 0;
  #windowEnd: ExactTime = ZERO_TIME;

  constructor(columns: number, fromNs: Nanoseconds, end: WindowEnd) {
    this.bins = new TimeBins(columns);
    this.binBegin = new Integrals(columns);
    this.from = new Integrals(columns);
    this.until = new Integrals(columns);
    this.fromNs = fromNs;
    this.end = end;
    this.nextEdgeNs = this.#findEdge();
  }

  /** Perhaps the last request arrived: a window that lasts to the last arrival then ends with the nanosecond `atNs`, or with the run. */
  reach(atNs: Nanoseconds): void {
    this.#reached = true;
    this.#commitNs = atNs + 1;
    this.nextEdgeNs = this.#findEdge();
  }

  /** Time has come to {@link nextEdgeNs}, when the integrals were so. */
  pass(integrals: Integrals): void {
    const edgeNs = this.nextEdgeNs;
    if (edgeNs === this.bins.edgeNs) {
      this.#gather(integrals);
      this.bins.next();
    }
    if (edgeNs === this.fromNs) this.from.copy(integrals);
    if (edgeNs === this.end || edgeNs === this.#commitNs)
      this.#endAt({ ns: edgeNs, ticks: 0 }, integrals);
    if (edgeNs === this.#commitNs) this.#commitNs = Infinity;
    this.#passedNs = edgeNs;
    this.nextEdgeNs = this.#findEdge();
  }

  /** The run has ended at `end`, all edges up to which have been passed: so have the bins, and a window that was to reach further. */
  finish(end: ExactTime, integrals: Integrals): void {
    const reachesFurther =
      this.end === "last-arrival"
        ? this.#commitNs < Infinity || !this.#reached
        : this.end === "end" || this.end > end.ns;
    if (reachesFurther) this.#endAt(end, integrals);
    if (compareTime(end, { ns: this.bins.beginNs, ticks: 0 }) > 0) this.#gather(integrals);
    this.#runEndNs = end.ns;
  }

  /** Amount × ticks of a column in the window. */
  windowTotal(column: number): bigint {
    if (this.windowTicks() === 0n) return 0n;
    return this.until.total(column) - this.from.total(column);
  }

  /** Length of the window in ticks; 0 if it is empty. */
  windowTicks(): bigint {
    const from = { ns: this.fromNs, ticks: 0 };
    if (compareTime(this.#windowEnd, from) <= 0) return 0n;
    const { ns, ticks } = subtractTime(this.#windowEnd, from);
    return BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);
  }

  /** Timeline columns in amount × ticks, cut at the end of the run, in bins of at least `widthNs`. */
  finishedBins(widthNs: Nanoseconds): bigint[][] {
    return this.bins.finish(this.#runEndNs, widthNs);
  }

  #endAt(end: ExactTime, integrals: Integrals): void {
    this.#windowEnd = end;
    this.until.copy(integrals);
  }

  #gather(integrals: Integrals): void {
    this.bins.gather((column) => integrals.total(column) - this.binBegin.total(column));
    this.binBegin.copy(integrals);
  }

  #findEdge(): Nanoseconds {
    let edgeNs = this.bins.edgeNs;
    if (this.#commitNs < edgeNs) edgeNs = this.#commitNs;
    if (this.fromNs > this.#passedNs && this.fromNs < edgeNs) edgeNs = this.fromNs;
    const end = this.end;
    if (typeof end === "number" && end > this.#passedNs && end < edgeNs) edgeNs = end;
    return edgeNs;
  }
}
