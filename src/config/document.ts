import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { ConfigError, type Problem, quoted } from "./problem.ts";

/** The parser needs time and stack out of proportion for what no config contains; these are refused first. */
export const MOST_BYTES = 2 ** 20;
const DEEPEST_NESTING = 64;
const MOST_ALIASES = 100;

/** A config file as written: its plain value, and where each part of it stands. */
export interface ConfigDocument {
  readonly value: unknown;
  /** `file:line:column` of what a problem is about, or of the nearest thing around it. */
  place(problem: Pick<Problem, "path" | "inKey">): string;
  /** Offset in the text, to put problems in order. */
  offset(problem: Pick<Problem, "path" | "inKey">): number;
}

/**
 * Reads YAML 1.2 (and so JSON). Throws {@link ConfigError} for text that is no YAML, several documents, repeated keys,
 * unknown tags, nesting beyond any use, and aliases that multiply.
 */
export function parseConfigText(file: string, bytes: Uint8Array): ConfigDocument {
  const text = decodeText(file, bytes);
  refuseDeepNesting(file, text);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document = parseDocument(text, options);
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) {
    const reason = broken.code === "MULTIPLE_DOCS" ? "expected one document" : broken.message;
    throw new ConfigError(`${at(broken.pos[0])}: ${oneLine(reason)}`);
  }
  if (document.contents === null) throw new ConfigError(`${file}: the file is empty`);
  refuseRepeatedKeys(document, at);
  const value = plainValue(file, () => document.toJS({ maxAliasCount: MOST_ALIASES }));
  const root = document.contents as Node;
  const offset = (problem: Pick<Problem, "path" | "inKey">) => offsetOf(root, document, problem);
  return { value, offset, place: (problem) => at(offset(problem)) };
}

function decodeText(file: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Told below, as for a NUL byte.
  }
  throw new ConfigError(`${file}: not a text file (expected YAML or JSON in UTF-8)`);
}

function refuseDeepNesting(file: string, text: string): void {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth += 1;
    if (character === "]" || character === "}") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  const indented = new RegExp(`^[ \\t?:-]{${4 * DEEPEST_NESTING}}`, "m");
  if (deepest > DEEPEST_NESTING || indented.test(text))
    throw new ConfigError(`${file}: nested too deeply (at most ${DEEPEST_NESTING} levels)`);
}

function refuseRepeatedKeys(
  document: ReturnType<typeof parseDocument>,
  at: (offset: number) => string,
): void {
  let aliases = 0;
  visit(document, {
    Alias(_, alias) {
      const place = at(alias.range![0]);
      aliases += 1;
      if (aliases > MOST_ALIASES)
        throw new ConfigError(`${place}: more than ${MOST_ALIASES} aliases`);
      if (alias.resolve(document) === undefined)
        throw new ConfigError(
          `${place}: expected &${alias.source} before *${alias.source}, which stands for it`,
        );
    },
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : null;
        const place = at((key as Node).range?.[0] ?? map.range![0]);
        if (name === null) throw new ConfigError(`${place}: expected a plain word as key`);
        if (seen.has(name)) throw new ConfigError(`${place}: key ${quoted(name)} is given twice`);
        seen.add(name);
      }
    },
  });
}

function plainValue(file: string, convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    const message = (error as Error).message;
    const text = message.startsWith("Excessive alias")
      ? `aliases multiply to more than ${MOST_ALIASES} copies`
      : oneLine(message);
    throw new ConfigError(`${file}: ${text}`);
  }
}

function offsetOf(
  root: Node,
  document: ReturnType<typeof parseDocument>,
  { path, inKey }: Pick<Problem, "path" | "inKey">,
): number {
  let node: Node = root;
  let offset = root.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    const entry = inside === undefined ? undefined : entryOf(inside, step);
    if (entry === undefined) return offset;
    const value = isPair(entry) ? (entry.value as Node | null) : entry;
    const key = isPair(entry) ? (entry.key as Node) : entry;
    const about = value === null || (inKey && depth === path.length - 1) ? key : value;
    offset = about.range?.[0] ?? offset;
    if (value === null) return offset;
    node = value;
  }
  return offset;
}

function entryOf(node: Node, step: string | number): Node | Pair | undefined {
  if (isSeq(node)) return node.items[step as number] as Node | undefined;
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
}

function oneLine(text: string): string {
  return text.split("\n")[0]!.trim();
}
