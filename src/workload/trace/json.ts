import type { Field } from "./field.ts";
import type { TraceLine } from "./lines.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** Unchecked fields by name, as a stranger's file has them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object on a line of JSONL. */
export function jsonObject(line: TraceLine): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    value = null;
  }
  if (isObject(value)) return value;
  throw new TraceError(line.path, line.number, 1, quoted(line.text), "one JSON object a line");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `key` as text; its column is that of the key, or of the line's end where there is none. */
export function jsonField(line: TraceLine, object: JsonObject, key: string): Field {
  const text = Object.hasOwn(object, key) ? JSON.stringify(object[key]) : "";
  const at = line.text.indexOf(JSON.stringify(key));
  return { line, name: key, column: (at < 0 ? line.text.length : at) + 1, text };
}
