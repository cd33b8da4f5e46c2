import { type ExactTime, type Nanoseconds, TICKS_PER_NANOSECOND } from "../core/time.ts";
import { doublesAt, engine } from "../engine/engine.ts";

/** What the doubles of an integral are carried in (engine/metrics/integrals.ts). */
const KEPT = 2n ** 50n;

/** Integrals in amount × ticks, one a column. */
type Totals = readonly bigint[];

/**
 * The measuring window and the timeline bins over integrals that grow from time 0, as the engine noted them at the edges
 * (engine/metrics/windows.ts).
 */
export class Windows {
  /** Width of the bins. */
  readonly widthNs: Nanoseconds;
  private readonly columns: number;
  private readonly fromNs: Nanoseconds;
  private readonly windowEnd: ExactTime;
  private readonly runEnd: ExactTime;
  private readonly from: Totals;
  private readonly until: Totals;
  /** At the end of each bin. */
  private readonly binEnds: readonly Totals[];

  /** Reads those at an address, of a run that has ended. */
  constructor(address: number, columns: number, fromNs: Nanoseconds) {
    const figures = [...doublesAt(engine.windowFigures(address), 6)];
    const [endNs, endTicks, runEndNs, runEndTicks, widthNs, ended] = figures as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.columns = columns;
    this.fromNs = fromNs;
    this.windowEnd = { ns: endNs, ticks: endTicks };
    this.runEnd = { ns: runEndNs, ticks: runEndTicks };
    this.widthNs = widthNs;
    this.from = totalsOf(engine.windowFrom(address), columns);
    this.until = totalsOf(engine.windowUntil(address), columns);
    this.binEnds = Array.from({ length: ended }, (_, bin) =>
      totalsOf(engine.binEnd(address, bin), columns),
    );
  }

  /** Amount × ticks of a column in the window. */
  windowTotal(column: number): bigint {
    if (this.windowTicks() === 0n) return 0n;
    return this.until[column]! - this.from[column]!;
  }

  /** Length of the window in ticks; 0 if it is empty. */
  windowTicks(): bigint {
    const { ns, ticks } = this.windowEnd;
    const length = inTicks(BigInt(ns), BigInt(ticks)) - inTicks(BigInt(this.fromNs), 0n);
    return length > 0n ? length : 0n;
  }

  /** Length in ticks of a bin of the timeline, of which the last ends with the run. */
  binTicks(widthNs: Nanoseconds, bin: number): bigint {
    const { ns, ticks } = this.runEnd;
    const width = inTicks(BigInt(widthNs), 0n);
    const left = inTicks(BigInt(ns), BigInt(ticks)) - BigInt(bin) * width;
    return left < width ? left : width;
  }

  /** Timeline columns in amount × ticks, cut at the end of the run, in bins of at least `widthNs`. */
  finishedBins(widthNs: Nanoseconds): bigint[][] {
    let { binEnds } = this;
    let width = this.widthNs;
    for (; width < widthNs; width *= 2) binEnds = everySecond(binEnds);
    const bins = Math.max(1, Math.ceil(this.runEnd.ns / width));
    return Array.from({ length: this.columns }, (_, column) =>
      Array.from({ length: bins }, (_, bin) => amountIn(binEnds, bin, column)),
    );
  }
}

/** Of twice as wide bins: where each second one ends, and the last. */
function everySecond(binEnds: readonly Totals[]): Totals[] {
  return binEnds.filter((_, bin) => bin % 2 === 1 || bin === binEnds.length - 1);
}

function amountIn(binEnds: readonly Totals[], bin: number, column: number): bigint {
  const end = binEnds[bin];
  if (end === undefined) return 0n;
  return end[column]! - (binEnds[bin - 1]?.[column] ?? 0n);
}

function totalsOf(address: number, columns: number): Totals {
  const sums = doublesAt(engine.integralSums(address), 2 * columns);
  const carried = doublesAt(engine.integralsCarried(address), 2 * columns);
  const whole = (place: number) => BigInt(carried[place]!) * KEPT + BigInt(sums[place]!);
  return Array.from({ length: columns }, (_, column) =>
    inTicks(whole(column), whole(columns + column)),
  );
}

function inTicks(ns: bigint, ticks: bigint): bigint {
  return ns * BigInt(TICKS_PER_NANOSECOND) + ticks;
}
