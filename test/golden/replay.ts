import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

/** A recording of real code at work: the envelope that all kinds share. */
export interface Recording {
  readonly schema: string;
  readonly id: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly summary?: Row;
  readonly ops?: readonly Row[];
  readonly steps?: readonly Row[];
  readonly rows?: readonly Row[];
}

export type Row = Readonly<Record<string, unknown>>;

/** Where a replay first differs from its recording. */
export interface Difference {
  readonly row: number;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface Replay {
  readonly rows: number;
  readonly difference: Difference | null;
}

/** The digest that recordings carry for a state text. */
export function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 8);
}

/**
 * Compares the recorded fields of each row with what `play` says it saw. `play` returns every field it knows; a field that the
 * recording leaves out means what `defaults` says, or is not compared.
 */
export function replayRows(
  rows: readonly Row[],
  play: (row: Row) => Row,
  defaults: Row = {},
): Replay {
  for (const [index, row] of rows.entries()) {
    const seen = play(row);
    for (const [field, actual] of Object.entries(seen)) {
      const expected = row[field] ?? defaults[field];
      if (expected === undefined && !(field in row)) continue;
      if (!isDeepStrictEqual(expected, actual))
        return { rows: index, difference: { row: index, field, expected, actual } };
    }
  }
  return { rows: rows.length, difference: null };
}

/** Compares whole rows with those that `play` would have recorded: a field that only one side has is a difference. */
export function replayWholeRows(rows: readonly Row[], play: (row: Row) => Row): Replay {
  for (const [row, expected] of rows.entries()) {
    const actual = play(expected);
    const field = Object.keys({ ...expected, ...actual }).find(
      (key) => !isDeepStrictEqual(expected[key], actual[key]),
    );
    if (field !== undefined) {
      const difference = { row, field, expected: expected[field], actual: actual[field] };
      return { rows: row, difference };
    }
  }
  return { rows: rows.length, difference: null };
}
