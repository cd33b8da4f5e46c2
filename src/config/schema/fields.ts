import { z } from "zod";
import { decode } from "../explain.ts";
import { shown } from "../problem.ts";
import {
  BANDWIDTH,
  DURATION,
  expectedQuantity,
  type QuantityKind,
  readQuantity,
  SIZE,
} from "../units.ts";

/** Bytes, written with a unit. */
export function size(description: string): z.ZodType<number> {
  return quantity(SIZE, description);
}

/** Seconds, written with a unit or as a bare number of seconds. */
export function duration(description: string): z.ZodType<number> {
  return quantity(DURATION, description);
}

/** Bytes per second, written with a unit. */
export function bandwidth(description: string): z.ZodType<number> {
  return quantity(BANDWIDTH, description);
}

function quantity(kind: QuantityKind, description: string): z.ZodType<number> {
  const type = kind.bareUnit === null ? "string" : ["number", "string"];
  return z
    .unknown()
    .transform((value, context) => {
      const amount = readQuantity(value, kind);
      if (amount !== null) return amount;
      refuse(context, value, `expected ${expectedQuantity(value, kind)}, got ${shown(value)}`);
      return z.NEVER;
    })
    .meta({ description, type });
}

/**
 * A value that one of several schemas describes. `pick` names the one that the value is meant for, so that an error is
 * that schema's own instead of "invalid input".
 */
export function either<T>(
  description: string,
  all: readonly z.ZodType<T>[],
  pick: (value: unknown) => z.ZodType<T>,
): z.ZodType<T> {
  return z
    .unknown()
    .transform((value, context) => delegate(pick(value), value, context))
    .meta(alternativesOf(description, () => all.map((schema) => jsonSchema(schema))));
}

/** What a JSON Schema says of alternatives, which are worked out only when one is asked for. */
export function alternativesOf(
  description: string,
  schemas: () => Record<string, unknown>[],
): { readonly description: string; readonly anyOf: Record<string, unknown>[] } {
  return {
    description,
    get anyOf() {
      return schemas();
    },
  };
}

/** Decodes `value` by another schema; its problems become those of the caller. */
export function delegate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  context: z.core.$RefinementCtx,
): T {
  const decoded = decode(schema, value);
  if (decoded.ok) return decoded.value;
  for (const problem of decoded.problems) {
    const path = [...problem.path];
    context.issues.push({
      code: "custom",
      input: value,
      path,
      message: problem.text,
      params: { inKey: problem.inKey },
    });
  }
  return z.NEVER;
}

/** JSON Schema of what a user writes, without the `$schema` line, to stand inside another. */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

/** Adds a problem of the value itself, or of the key `key` in it. */
export function refuse(
  context: z.core.$RefinementCtx,
  input: unknown,
  message: string,
  ...path: (string | number)[]
): void {
  context.issues.push({ code: "custom", input, path, message });
}

const LONGEST_TEXT = 100;

/** A one-line text that stands in tables. */
export function text(description: string): z.ZodType<string> {
  return z
    .string()
    .min(1)
    .refine(
      (value) => value.length <= LONGEST_TEXT && !hasControlCharacter(value),
      `expected one line of at most ${LONGEST_TEXT} characters`,
    )
    .describe(description);
}

function hasControlCharacter(value: string): boolean {
  return [...value].some((character) => character < " " || character === "\u007f");
}

/** A mapping, not a list or null: tells alternatives of a key apart before one is decoded. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
