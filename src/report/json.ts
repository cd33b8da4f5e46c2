import { assert } from "../core/assert.ts";
import type { ResultDocument } from "../result.ts";
import { isRecord } from "./config-values.ts";
import { resultSchema } from "./result-schema.ts";

/** A result document that was read, or one line that says why it is none. */
export type ParsedResult = { readonly document: ResultDocument } | { readonly error: string };

/**
 * The document as `result.json`: keys in the order of the types, two-space indent, arrays of numbers on one line, a
 * newline at the end. The same document gives the same bytes.
 */
export function resultJson(document: ResultDocument): string {
  const ordered = resultSchema.safeParse(document);
  assert(ordered.success, `result document: ${ordered.error ? firstIssue(ordered.error) : ""}`);
  return `${prettyJson(ordered.data)}\n`;
}

/** Reads what {@link resultJson} wrote. */
export function parseResultDocument(text: string): ParsedResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: "not a kvsim result: not JSON" };
  }
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return { document: parsed.data };
  return { error: `not a kvsim result: ${firstIssue(parsed.error)}` };
}

/** JSON with a two-space indent and arrays of numbers on one line. */
export function prettyJson(value: unknown, indent = ""): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item === "number"))
      return `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    const items = value.map((item) => inner + prettyJson(item, inner));
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${prettyJson(item, inner)}`,
  );
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

type Issues = {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
};

function firstIssue({ issues }: Issues): string {
  const issue = issues[0];
  if (issue === undefined) return "unknown shape";
  const path = issue.path.map(String).join(".");
  return `${path === "" ? "" : `${path}: `}${issue.message.replace(/\s+/g, " ")}`;
}
