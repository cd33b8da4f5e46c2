import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { misspelt } from "./misspelt.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** Unchecked fields by name, as a stranger's file has them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object on a line of JSONL. Throws {@link TraceError}. */
export function jsonObject(line: TraceLine): JsonObject {
  const value = parsed(line);
  if (isObject(value)) return value;
  throw new TraceError(line.path, line.number, 1, quoted(line.text), "one JSON object a line");
}

/** The keys of the JSON object on a line; none where it is no object. */
export function keysOf(line: TraceLine): string[] {
  const value = parsed(line);
  return isObject(value) ? Object.keys(value) : [];
}

/** Throws {@link TraceError} for a key that is meant to be one of `known`. */
export function refuseMisspeltKeys(
  line: TraceLine,
  object: JsonObject,
  known: readonly string[],
): void {
  const keys = Object.keys(object);
  const found = misspelt(keys, known);
  if (found === null) return;
  const { column, name } = new JsonField(line, keys[found.index]!, "");
  throw new TraceError(line.path, line.number, column, quoted(name), `the key ${found.meant}`);
}

/** Null for what is no JSON. */
function parsed(line: TraceLine): unknown {
  try {
    return JSON.parse(line.text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `key` as text; its column is that of the key, or of the line's end where there is none. */
export function jsonField(line: TraceLine, object: JsonObject, key: string): Field {
  return new JsonField(line, key, Object.hasOwn(object, key) ? JSON.stringify(object[key]) : "");
}

/** Says where it stands only when it is asked. */
class JsonField implements Field {
  readonly line: TraceLine;
  readonly name: string;
  readonly text: string;

  constructor(line: TraceLine, name: string, text: string) {
    this.line = line;
    this.name = name;
    this.text = text;
  }

  get column(): number {
    const at = this.line.text.indexOf(JSON.stringify(this.name));
    return (at < 0 ? this.line.text.length : at) + 1;
  }
}
