import type { ResultDocument } from "../result.ts";
import { isRecord } from "./config-values.ts";
import { plainText } from "./escape.ts";
import { prettyJson } from "./json.ts";
import { type TerminalOptions, terminalReport } from "./terminal.ts";

/**
 * One report from several results: their runs below each other, each allocator named with its document, and before
 * them what the configs disagree about.
 */
export function compareReport(
  documents: readonly ResultDocument[],
  options: TerminalOptions,
): string {
  return terminalReport(mergeDocuments(documents), options);
}

/** The runs of all documents as one document, whose labels say where each comes from and whose config lists differences. */
export function mergeDocuments(documents: readonly ResultDocument[]): ResultDocument {
  const names = distinctNames(documents);
  const runs = documents.flatMap((document, index) =>
    document.runs.map((run) => ({
      ...run,
      allocator: { ...run.allocator, label: `${names[index]}: ${run.allocator.label}` },
    })),
  );
  return {
    schema: "kvsim.result/1",
    kvsim: [...new Set(documents.map(({ kvsim }) => kvsim))].join(", "),
    name: names.join(" | "),
    config: { differences: configDifferences(documents, names) },
    runs,
  };
}

/** For each config path at which the documents disagree, each one's value. Allocators and setups are the runs' matter. */
export function configDifferences(
  documents: readonly ResultDocument[],
  names: readonly string[],
): Record<string, Record<string, unknown>> {
  const leaves = documents.map(({ config }) => new Map(configLeaves(config, "")));
  const paths = [...new Set(leaves.flatMap((values) => [...values.keys()]))];
  const differing = paths.filter(
    (path) => new Set(leaves.map((values) => prettyJson(values.get(path)))).size > 1,
  );
  return Object.fromEntries(
    differing.map((path) => [
      path,
      Object.fromEntries(
        leaves.map((values, index) => [names[index] ?? "", values.get(path) ?? null]),
      ),
    ]),
  );
}

function configLeaves(value: unknown, path: string): [string, unknown][] {
  if (!isRecord(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) =>
    configLeaves(item, path === "" ? key : `${path}.${key}`),
  );
}

/** The documents' names; a name that comes again is numbered. */
function distinctNames(documents: readonly ResultDocument[]): string[] {
  const names = documents.map(({ name }) => plainText(name));
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} (${earlier + 1})`;
  });
}
