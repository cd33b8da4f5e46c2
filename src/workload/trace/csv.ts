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
  const names = line.text.split(",").map(unquoted);
  if (!required.every((name) => names.includes(name)))
    throw wrong(line, 1, line.text, `a header with ${required.join(", ")}`);
  return { has: (name) => names.includes(name), row: (row) => fieldsOf(row, names) };
}

function fieldsOf(line: TraceLine, names: readonly string[]): (name: string) => Field {
  const parts = line.text.split(",");
  const extra = parts[names.length];
  if (extra !== undefined)
    throw wrong(
      line,
      columnOf(parts, names.length),
      unquoted(extra),
      `no more than ${names.length} fields`,
    );
  return (name) => new CsvField(line, name, parts, names.indexOf(name));
}

/** Says where it stands only when it is asked: a trace has many fields, and at most one is wrong. */
class CsvField implements Field {
  readonly line: TraceLine;
  readonly name: string;
  readonly text: string;
  readonly #parts: readonly string[];
  readonly #index: number;

  constructor(line: TraceLine, name: string, parts: readonly string[], index: number) {
    this.line = line;
    this.name = name;
    this.text = unquoted(parts[index] ?? "");
    this.#parts = parts;
    this.#index = index;
  }

  get column(): number {
    const { length } = this.#parts;
    return this.#index < length ? columnOf(this.#parts, this.#index) : this.line.text.length + 1;
  }
}

/** Quotes may enclose a field but hide no comma: traces hold numbers. */
function unquoted(part: string): string {
  const text = part.trim();
  return text.startsWith('"') ? text.replace(/^"(.*)"$/, "$1") : text;
}

/** Where a part of a line begins, from 1. */
function columnOf(parts: readonly string[], index: number): number {
  return parts.slice(0, index).reduce((column, part) => column + part.length + 1, 1);
}

function wrong(line: TraceLine, column: number, found: string, expected: string): TraceError {
  return new TraceError(line.path, line.number, column, quoted(found), expected);
}
