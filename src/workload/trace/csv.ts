import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** What the columns of a file are called. */
export interface CsvHeader {
  has(name: string): boolean;
  /** Finds the fields of a row by name. Throws {@link TraceError} for a row with more fields than the header. */
  row(line: TraceLine): (name: string) => Field;
}

/** Reads a header line that must name the `required` columns, in any order and with others between. */
export function csvHeader(line: TraceLine, required: readonly string[]): CsvHeader {
  const names = split(line.text).map(({ text }) => text);
  if (!required.every((name) => names.includes(name)))
    throw wrong(line, 1, line.text, `a header with ${required.join(", ")}`);
  return { has: (name) => names.includes(name), row: (row) => fieldsOf(row, names) };
}

function fieldsOf(line: TraceLine, names: readonly string[]): (name: string) => Field {
  const values = split(line.text);
  const extra = values[names.length];
  if (extra !== undefined)
    throw wrong(line, extra.column, extra.text, `no more than ${names.length} fields`);
  const missing = { column: line.text.length + 1, text: "" };
  return (name) => ({ line, name, ...(values[names.indexOf(name)] ?? missing) });
}

/** Quotes may enclose a field but hide no comma: traces hold numbers. */
function split(text: string): { readonly column: number; readonly text: string }[] {
  let column = 1;
  return text.split(",").map((raw) => {
    const field = { column, text: raw.trim().replace(/^"(.*)"$/, "$1") };
    column += raw.length + 1;
    return field;
  });
}

function wrong(line: TraceLine, column: number, found: string, expected: string): TraceError {
  return new TraceError(line.path, line.number, column, quoted(found), expected);
}
