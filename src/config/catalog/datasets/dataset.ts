import type { QuantileTable } from "../../../core/distributions.ts";
import type { Tokens } from "../../../request.ts";

/** Prompt and output lengths of a named data set. Data, not text: summary tables or fitted laws. */
export interface Dataset {
  /** One line for `kvsim list`. */
  readonly summary: string;
  readonly source: string;
  readonly licence: string;
  readonly attribution: string;
  /** What a user should know before using it. */
  readonly note: string;
  readonly lengths: MeasuredLengths | FittedLengths;
}

/** Quantiles of both lengths, tied by a normal copula. */
export interface MeasuredLengths {
  readonly kind: "measured";
  readonly prompt: MeasuredQuantiles;
  readonly output: MeasuredQuantiles;
  /** Correlation of the two normal scores: 2 sin(πρ/6) of Spearman's ρ. */
  readonly copulaCorrelation: number;
}

export interface MeasuredQuantiles {
  /** Percentiles 0 … 100, tokens. */
  readonly percentiles: readonly number[];
  /** Further points between the 99th and the 100th: a straight line up to the maximum would inflate the mean. */
  readonly tail: QuantileTable;
}

/** Lognormal prompt and gamma output, independent but for their sum: a pair beyond `totalMax` is drawn again. */
export interface FittedLengths {
  readonly kind: "fitted";
  /** Mean before truncation, tokens; sigma of the log. */
  readonly prompt: { readonly mean: number; readonly sigma: number };
  /** Mean before truncation is `shape`·`scale` tokens. */
  readonly output: { readonly shape: number; readonly scale: number };
  readonly totalMax: Tokens;
}

/** All points of a measured length in one table. */
export function quantileTable({ percentiles, tail }: MeasuredQuantiles): QuantileTable {
  const body = percentiles.slice(0, 100).map((value, percent) => [percent / 100, value] as const);
  return [...body, ...tail, [1, percentiles[100]!]];
}

/** The same shape with another mean: every length times one factor, which leaves all ranks as they are. */
export function scaledToMean(measured: MeasuredQuantiles, mean: number): MeasuredQuantiles {
  const factor = mean / meanOf(quantileTable(measured));
  return {
    percentiles: measured.percentiles.map((value) => value * factor),
    tail: measured.tail.map(([p, value]) => [p, value * factor] as const),
  };
}

/** Mean of the law that a quantile table describes: the area under its straight lines. */
function meanOf(table: QuantileTable): number {
  let area = 0;
  for (let i = 1; i < table.length; i++) {
    const [fromP, from] = table[i - 1]!;
    const [toP, to] = table[i]!;
    area += ((toP - fromP) * (from + to)) / 2;
  }
  return area;
}
