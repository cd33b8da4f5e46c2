import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** Finds the fields of the rows below a header. */
export interface CsvHeader {
  has(name: string): boolean;
  field(row: CsvRow, name: string): Field;
}

/** The fields of a line, in order. */
interface CsvRow {
  readonly line: TraceLine;
  readonly fields: readonly { readonly column: number; readonly text: string }[];
}

/** Reads a header line that must name the `required` columns, in any order and with others between. */
export function csvHeader(line: TraceLine, required: readonly string[]): CsvHeader {
  const names = splitCsv(line).fields.map((field) => field.text);
  if (!required.every((name) => names.includes(name)))
    throw new TraceError(
      line.path,
      line.number,
      1,
      quoted(line.text),
      `a header with ${required.join(", ")}`,
    );
  return {
    has: (name) => names.includes(name),
    field({ line, fields }, name) {
      const missing = { column: line.text.length + 1, text: "" };
      return { line, name, ...(fields[names.indexOf(name)] ?? missing) };
    },
  };
}

/** Splits a line. Quotes may enclose a field but hide no comma: traces hold numbers. */
export function splitCsv(line: TraceLine): CsvRow {
  let column = 1;
  const fields = line.text.split(",").map((raw) => {
    const field = { column, text: raw.trim().replace(/^"(.*)"$/, "$1") };
    column += raw.length + 1;
    return field;
  });
  return { line, fields };
}
