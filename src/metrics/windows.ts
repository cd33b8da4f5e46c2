import {
  compareTime,
  type ExactTime,
  type Nanoseconds,
  subtractTime,
  TICKS_PER_NANOSECOND,
  ZERO_TIME,
} from "../core/time.ts";
import { TimeBins } from "./bins.ts";
import { copyIntegrals, type Integral, newIntegrals } from "./integral.ts";

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
  readonly #binBegin: readonly Integral[];
  readonly #from: readonly Integral[];
  readonly #until: readonly Integral[];
  readonly #fromNs: Nanoseconds;
  readonly #end: WindowEnd;
  /** Where the window may end: after what may have been the last arrival. */
  #commitNs: Nanoseconds = Infinity;
  /** Whether what may have been the last arrival has come. */
  #reached = false;
  #passedNs: Nanoseconds = 0;
  #runEndNs: Nanoseconds = 0;
  #windowEnd: ExactTime = ZERO_TIME;

  constructor(columns: number, fromNs: Nanoseconds, end: WindowEnd) {
    this.bins = new TimeBins(columns);
    this.#binBegin = newIntegrals(columns);
    this.#from = newIntegrals(columns);
    this.#until = newIntegrals(columns);
    this.#fromNs = fromNs;
    this.#end = end;
    this.nextEdgeNs = this.#findEdge();
  }

  /** Perhaps the last request arrived: a window that lasts to the last arrival then ends with the nanosecond `atNs`, or with the run. */
  reach(atNs: Nanoseconds): void {
    this.#reached = true;
    this.#commitNs = atNs + 1;
    this.nextEdgeNs = this.#findEdge();
  }

  /** Time has come to {@link nextEdgeNs}, when the integrals were `sums`. */
  pass(sums: readonly Integral[]): void {
    const edgeNs = this.nextEdgeNs;
    if (edgeNs === this.bins.edgeNs) {
      this.#gather(sums);
      this.bins.next();
    }
    if (edgeNs === this.#fromNs) copyIntegrals(this.#from, sums);
    if (edgeNs === this.#end || edgeNs === this.#commitNs)
      this.#endAt({ ns: edgeNs, ticks: 0 }, sums);
    if (edgeNs === this.#commitNs) this.#commitNs = Infinity;
    this.#passedNs = edgeNs;
    this.nextEdgeNs = this.#findEdge();
  }

  /** The run has ended at `end`, all edges up to which have been passed: so have the bins, and a window that was to reach further. */
  finish(end: ExactTime, sums: readonly Integral[]): void {
    const reachesFurther =
      this.#end === "last-arrival"
        ? this.#commitNs < Infinity || !this.#reached
        : this.#end === "end" || this.#end > end.ns;
    if (reachesFurther) this.#endAt(end, sums);
    if (compareTime(end, { ns: this.bins.beginNs, ticks: 0 }) > 0) this.#gather(sums);
    this.#runEndNs = end.ns;
  }

  /** Amount × ticks of a column in the window. */
  windowTotal(column: number): bigint {
    if (this.windowTicks() === 0n) return 0n;
    return this.#until[column]!.total() - this.#from[column]!.total();
  }

  /** Length of the window in ticks; 0 if it is empty. */
  windowTicks(): bigint {
    const from = { ns: this.#fromNs, ticks: 0 };
    if (compareTime(this.#windowEnd, from) <= 0) return 0n;
    const { ns, ticks } = subtractTime(this.#windowEnd, from);
    return BigInt(ns) * BigInt(TICKS_PER_NANOSECOND) + BigInt(ticks);
  }

  /** Timeline columns in amount × ticks, cut at the end of the run, in bins of at least `widthNs`. */
  finishedBins(widthNs: Nanoseconds): bigint[][] {
    return this.bins.finish(this.#runEndNs, widthNs);
  }

  #endAt(end: ExactTime, sums: readonly Integral[]): void {
    this.#windowEnd = end;
    copyIntegrals(this.#until, sums);
  }

  #gather(sums: readonly Integral[]): void {
    this.bins.gather(sums.map((sum, column) => sum.total() - this.#binBegin[column]!.total()));
    copyIntegrals(this.#binBegin, sums);
  }

  #findEdge(): Nanoseconds {
    let edgeNs = this.bins.edgeNs;
    if (this.#commitNs < edgeNs) edgeNs = this.#commitNs;
    if (this.#fromNs > this.#passedNs && this.#fromNs < edgeNs) edgeNs = this.#fromNs;
    const end = this.#end;
    if (typeof end === "number" && end > this.#passedNs && end < edgeNs) edgeNs = end;
    return edgeNs;
  }
}
