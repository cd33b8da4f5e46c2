import type { FormatName } from "./format.ts";

/** One column of figures. */
export interface Column {
  readonly key: string;
  readonly heading: string;
  readonly format: FormatName;
}

/** One line: what was measured, and its figures by column; null where there is none. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number | null>>;
}

/** A table of the bench with all that a reader must know to judge it. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** How a run of the bench is to be done. */
export interface BenchOptions {
  /** One repetition of smaller sizes, to try the bench; its figures mean little. */
  readonly quick: boolean;
}

/** A part of the bench, by the name that picks it on the command line. */
export interface Part {
  readonly name: string;
  measure(options: BenchOptions): Promise<Section[]>;
}
