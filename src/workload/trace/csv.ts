import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { misspelt } from "./misspelt.ts";
import { quoted, TraceError } from "./trace-error.ts";

const COMMA = ",";

/** The names of the columns, in a header line. */
export function columnNames(header: TraceLine): string[] {
  return header.text.split(COMMA).map(unquoted);
}

/** The columns of a file, and where the fields of the row that was split last begin and end. */
export class CsvHeader {
  private readonly names: readonly string[];
  /** By column; a field ends before the comma that the next one begins behind. Columns that the row lacks begin behind its end. */
  private readonly starts: Int32Array;
  private readonly line: TraceLine;

  /** Takes a header line that must name the `required` columns, in any order and with others between. */
  constructor(line: TraceLine, required: readonly string[]) {
    this.line = line;
    this.names = columnNames(line);
    this.starts = new Int32Array(this.names.length + 1);
    this.refuseMisspelt(required);
    if (!required.every((name) => this.names.includes(name)))
      throw this.#wrong(1, line.text, `a header with ${required.join(", ")}`);
  }

  /** The field of a column, of whichever row was split last; null without such a column. Throws {@link TraceError} where it is named twice. */
  field(name: string): Field | null {
    const index = this.names.indexOf(name);
    const last = this.names.lastIndexOf(name);
    if (last !== index) throw this.#wrong(this.#place(last), name, `one column ${name}`);
    return index < 0 ? null : new CsvField(this.line, name, this.starts, index);
  }

  /** Throws {@link TraceError} for a column that is meant to be one of `names`. */
  refuseMisspelt(names: readonly string[]): void {
    const found = misspelt(this.names, names);
    if (found === null) return;
    const { index, meant } = found;
    throw this.#wrong(this.#place(index), this.names[index]!, `the column ${meant}`);
  }

  /** The field of a column that was required. */
  required(name: string): Field {
    return this.field(name)!;
  }

  /** Finds the fields of the line that the reader stands at. Throws {@link TraceError} for a row with more fields than the header. */
  split(): void {
    const { source, start, end } = this.line;
    const starts = this.starts;
    const columns = starts.length - 1;
    let from = start;
    for (let column = 0; column < columns; column += 1) {
      starts[column] = from;
      if (from > end) continue;
      const comma = source.indexOf(COMMA, from);
      from = (comma < 0 || comma >= end ? end : comma) + 1;
    }
    starts[columns] = from;
    if (from > end) return;
    const [extra] = source.slice(from, end).split(COMMA);
    throw this.#wrong(from - start + 1, unquoted(extra!), `no more than ${columns} fields`);
  }

  /** Where the name of a column stands in the header. */
  #place(index: number): number {
    const before = this.line.text.split(COMMA).slice(0, index);
    return before.reduce((place, part) => place + part.length + COMMA.length, 1);
  }

  #wrong(column: number, found: string, expected: string): TraceError {
    const { path, number } = this.line;
    return new TraceError(path, number, column, quoted(found), expected);
  }
}

/** One object for a whole column: the line moves on under it. */
class CsvField implements Field {
  readonly line: TraceLine;
  readonly name: string;
  private readonly starts: Int32Array;
  private readonly index: number;

  constructor(line: TraceLine, name: string, starts: Int32Array, index: number) {
    this.line = line;
    this.name = name;
    this.starts = starts;
    this.index = index;
  }

  get text(): string {
    const { source } = this.line;
    return unquoted(source.slice(this.starts[this.index]!, this.starts[this.index + 1]! - 1));
  }

  get column(): number {
    const { start, end } = this.line;
    return Math.min(this.starts[this.index]!, end) - start + 1;
  }
}

/** Quotes may enclose a field but hide no comma: traces hold numbers. */
function unquoted(part: string): string {
  const text = part.trim();
  return text.startsWith('"') ? text.replace(/^"(.*)"$/, "$1") : text;
}
