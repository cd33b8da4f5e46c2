import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** Finds the fields of the rows below a header. */
export interface CsvHeader {
  has(name: string): boolean;
  /** The fields of a row, by the order of the header. */
  field(row: readonly Field[], name: string): Field;
}

/** Reads a header line that must name the `required` columns, in any order and with others between. */
export function csvHeader(line: TraceLine, required: readonly string[]): CsvHeader {
  const names = splitCsv(line).map((field) => field.text);
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
    field: (row, name) => row[names.indexOf(name)] ?? missing(row),
  };
}

/** The fields of a line. Quotes may enclose a field but hide no comma: traces hold numbers. */
export function splitCsv(line: TraceLine): Field[] {
  let column = 1;
  return line.text.split(",").map((raw) => {
    const field = { line, column, text: raw.trim().replace(/^"(.*)"$/, "$1") };
    column += raw.length + 1;
    return field;
  });
}

/** Stands at the end of a row that is too short. */
function missing(row: readonly Field[]): Field {
  const { line } = row[0]!;
  return { line, column: line.text.length + 1, text: "" };
}
