import { unknownName } from "../config/explain.ts";
import { wrap } from "../report/escape.ts";
import { type CatalogueEntry, catalogue } from "./catalogue.ts";
import { CommandError, DONE } from "./exit.ts";
import type { Output } from "./output.ts";

const INDENT = "  ";

/** `kvsim list [TOPIC]`: what a config may name; all topics without one. */
export function list(
  topic: string | undefined,
  { json }: { json: boolean },
  output: Output,
): number {
  const known = Object.keys(catalogue);
  if (topic !== undefined && !Object.hasOwn(catalogue, topic))
    throw new CommandError(unknownName("topic", topic, known));
  const topics = topic === undefined ? known : [topic];
  if (json) {
    const entries = Object.fromEntries(topics.map((name) => [name, catalogue[name]!()]));
    output.out(`${JSON.stringify(entries, null, 2)}\n`);
    return DONE;
  }
  const sections = topics.map((name) => [name, ...entryLines(catalogue[name]!(), output.width)]);
  output.out(`${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  return DONE;
}

function entryLines(entries: readonly CatalogueEntry[], width: number): string[] {
  const nameWidth = Math.max(...entries.map(({ name }) => name.length));
  const hanging = " ".repeat(INDENT.length + nameWidth + INDENT.length);
  return entries.flatMap(({ name, summary }) =>
    wrap(summary, width - hanging.length).map((line, index) =>
      index === 0 ? `${INDENT}${name.padEnd(nameWidth)}${INDENT}${line}` : `${hanging}${line}`,
    ),
  );
}
