import { Clock } from "../core/time";
import { Integrals } from "./integrals";

const FIRST_WIDTH_NS: f64 = 10000000;
const MAX_BINS: i32 = 128;

/** How the measuring window ends: at an instant ≥ 0, or so. */
export const LAST_ARRIVAL: f64 = -1;
export const RUN_END: f64 = -2;

/**
 * The measuring window and the timeline bins over integrals that grow from time 0: what they were at the edges says all. Whoever
 * integrates must stop at every edge on the way. When more bins than fit are needed the width doubles and every other edge is forgotten.
 */
@final
export class Windows {
  /** The next instant at which the integrals are needed. */
  nextEdgeNs: f64 = 0;
  /** Width of a bin, and the current one. */
  widthNs: f64 = FIRST_WIDTH_NS;
  private bin: i32 = 0;
  /** The integrals where each bin ended; as many as {@link ended} count. */
  readonly binEnds: StaticArray<Integrals | null> = new StaticArray<Integrals | null>(MAX_BINS + 1);
  ended: i32 = 0;
  readonly from: Integrals;
  readonly until: Integrals;
  readonly windowEnd: Clock = new Clock();
  readonly runEnd: Clock = new Clock();
  private readonly fromNs: f64;
  private readonly end: f64;
  /** Where the window may end: after what may have been the last arrival. */
  private commitNs: f64 = Infinity;
  /** Whether what may have been the last arrival has come. */
  private reached: bool = false;
  private passedNs: f64 = 0;

  constructor(columns: i32, fromNs: f64, end: f64) {
    this.from = new Integrals(columns);
    this.until = new Integrals(columns);
    this.fromNs = fromNs;
    this.end = end;
    this.nextEdgeNs = this.findEdge();
  }

  /** Perhaps the last request arrived: a window that lasts to the last arrival then ends with the nanosecond `atNs`, or with the run. */
  reach(atNs: f64): void {
    if (this.end !== LAST_ARRIVAL) return;
    this.reached = true;
    this.commitNs = atNs + 1;
    this.nextEdgeNs = this.findEdge();
  }

  /** Time has come to {@link nextEdgeNs}, when the integrals were so. */
  pass(integrals: Integrals): void {
    const edgeNs = this.nextEdgeNs;
    if (edgeNs === this.binEdgeNs) {
      this.endBin(integrals);
      this.bin += 1;
    }
    if (edgeNs === this.fromNs) this.from.copy(integrals);
    if (edgeNs === this.end || edgeNs === this.commitNs) this.endAt(edgeNs, 0, integrals);
    if (edgeNs === this.commitNs) this.commitNs = Infinity;
    this.passedNs = edgeNs;
    this.nextEdgeNs = this.findEdge();
  }

  /** The run has ended at `end`, all edges up to which have been passed: so have the bins, and a window that was to reach further. */
  finish(end: Clock, integrals: Integrals): void {
    const reachesFurther =
      this.end === LAST_ARRIVAL
        ? this.commitNs < Infinity || !this.reached
        : this.end === RUN_END || this.end > end.ns;
    if (reachesFurther) this.endAt(end.ns, end.ticks, integrals);
    const beginNs = <f64>this.bin * this.widthNs;
    if (end.ns > beginNs || (end.ns === beginNs && end.ticks > 0)) this.endBin(integrals);
    this.runEnd.set(end);
  }

  /** Where the current bin ends; one too many for the row is twice as wide. */
  private get binEdgeNs(): f64 {
    return <f64>(this.bin < MAX_BINS ? this.bin + 1 : this.bin + 2) * this.widthNs;
  }

  private endAt(ns: f64, ticks: f64, integrals: Integrals): void {
    this.windowEnd.ns = ns;
    this.windowEnd.ticks = ticks;
    this.until.copy(integrals);
  }

  private endBin(integrals: Integrals): void {
    if (this.bin === MAX_BINS) this.double();
    let end = this.binEnds[this.bin];
    if (end === null) {
      end = new Integrals(integrals.columns);
      this.binEnds[this.bin] = end;
    }
    end.copy(integrals);
    this.ended = this.bin + 1;
  }

  private double(): void {
    this.widthNs *= 2;
    this.bin >>= 1;
    for (let bin = 0; bin < this.bin; bin += 1) {
      const wide = this.binEnds[2 * bin + 1];
      this.binEnds[2 * bin + 1] = this.binEnds[bin];
      this.binEnds[bin] = wide;
    }
    this.ended = this.bin;
  }

  private findEdge(): f64 {
    let edgeNs = this.binEdgeNs;
    if (this.commitNs < edgeNs) edgeNs = this.commitNs;
    if (this.fromNs > this.passedNs && this.fromNs < edgeNs) edgeNs = this.fromNs;
    if (this.end > this.passedNs && this.end < edgeNs) edgeNs = this.end;
    return edgeNs;
  }
}
