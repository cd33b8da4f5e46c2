import { z } from "zod";
import { nearest } from "../core/nearest.ts";
import { alternatives, type ConfigPath, type Problem, shown } from "./problem.ts";

/** A checked value, or everything that is wrong with it, for the caller to tell. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Keys and names that the design knows but this version does not simulate. */
const NOT_IN_THIS_VERSION = new Set(["beam", "burstgpt"]);

/** The parts of a JSON Schema that an error message is made of. */
interface SchemaNode {
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly prefixItems?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
}

/** Decodes `value`; what is wrong is said from the schema, whole, whichever of its checks failed. */
export function decode<S extends z.ZodType>(schema: S, value: unknown): Decoded<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const node = z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
  return { ok: false, problems: result.error.issues.map((issue) => explain(issue, node, value)) };
}

function explain(issue: z.core.$ZodIssue, root: SchemaNode, value: unknown): Problem {
  const path = issue.path as ConfigPath;
  if (issue.code === "custom") {
    return { path, text: issue.message, inKey: issue.params?.["inKey"] === true };
  }
  const node = path.reduce<SchemaNode | undefined>(child, root);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = Object.keys(node?.properties ?? {});
    return { path: [...path, key], text: unknownName("key", key, known), inKey: true };
  }
  return { path, text: wrongValue(node ?? {}, path.reduce(memberOf, value)), inKey: false };
}

function child(node: SchemaNode | undefined, step: string | number): SchemaNode | undefined {
  if (typeof step === "string") return withoutNull(node?.properties?.[step]);
  return withoutNull(node?.prefixItems?.[step] ?? node?.items);
}

/** What is expected where null would do too, which nobody needs to be told. */
function withoutNull(node: SchemaNode | undefined): SchemaNode | undefined {
  const others = node?.anyOf?.filter(({ type }) => type !== "null");
  return others?.length === 1 ? withoutNull(others[0]) : node;
}

function memberOf(value: unknown, step: string | number): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string | number, unknown>)[step]
    : undefined;
}

/** More known names than these do not help; those that begin as the unknown one does may. */
const NAMES_MAX = 40;
const BEGINNING = 4;

/** An unknown key or name, with the nearest and the known ones. */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  const names = knownNames(name, known);
  if (NOT_IN_THIS_VERSION.has(name)) {
    return `${shown(name)} does not exist in this version; known: ${names}`;
  }
  const guesses = likelyNames(name, known);
  const hint = guesses.length === 0 ? "" : `; did you mean ${alternatives(guesses)}?`;
  return `unknown ${noun} ${shown(name)}${hint} (known: ${names})`;
}

/** A beginning of several names may be any of a few; shorter ones than this tell nothing. */
const SHORTEST_BEGINNING = 3;
const GUESSES_MAX = 4;

/** The known names that the unknown one begins, if they are few, or else the nearest. */
function likelyNames(name: string, known: readonly string[]): readonly string[] {
  const begun = known.filter((other) => other.toLowerCase().startsWith(name.toLowerCase()));
  const areFew = begun.length > 0 && begun.length <= GUESSES_MAX;
  if (name.length >= SHORTEST_BEGINNING && areFew) return begun;
  return [nearest(name, known)].filter((guess) => guess !== null);
}

function knownNames(name: string, known: readonly string[]): string {
  if (known.length <= NAMES_MAX) return known.join(", ");
  const beginning = name.slice(0, BEGINNING).toLowerCase();
  const akin = known.filter((other) => other.toLowerCase().startsWith(beginning));
  return [...akin, `${known.length - akin.length} that kvsim list tells`].join(", ");
}

function wrongValue(node: SchemaNode, value: unknown): string {
  if (node.enum !== undefined && typeof value === "string") {
    return unknownName("name", value, node.enum.map(String));
  }
  return `expected ${expectation(node, value)}, got ${shown(value)}`;
}

function expectation(node: SchemaNode, value: unknown): string {
  if (node.enum !== undefined) return alternatives(node.enum.map(String));
  if (node.const !== undefined) return String(node.const);
  if (node.anyOf !== undefined)
    return alternatives(node.anyOf.map((one) => expectation(one, value)));
  switch (node.type) {
    case "integer":
      return `an integer${bounds(node, value)}`;
    case "number":
      return `a number${bounds(node, value)}`;
    case "string":
      return (node.minLength ?? 0) > 0 ? "a non-empty string" : "a string";
    case "boolean":
      return "true or false";
    case "array":
      return (node.minItems ?? 0) > 0 ? `a list of at least ${node.minItems}` : "a list";
    case "object":
      return "an object";
    default:
      return "a value";
  }
}

/** The bound that `value` breaks; the lower one where it is no number at all. */
function bounds(node: SchemaNode, value: unknown): string {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = node;
  const most = maximum ?? exclusiveMaximum;
  if (typeof value === "number" && most !== undefined && value >= most)
    return maximum === undefined ? ` < ${most}` : ` ≤ ${most}`;
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}`;
  const unbounded = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER;
  return unbounded ? "" : ` ≥ ${minimum}`;
}
