import { RESULT_SCHEMA, type ResultDocument } from "../result.ts";
import { isRecord } from "./config-values.ts";
import { wrap } from "./escape.ts";
import { prettyJson } from "./json.ts";
import { type TerminalOptions, terminalReport } from "./terminal.ts";

/** A setting about which configs disagree, and its value in each. */
export interface Difference {
  /** Dotted config path. */
  readonly path: string;
  /** In the order of the documents; undefined where a config lacks it. */
  readonly values: readonly unknown[];
}

/** One terminal report from several results: what their configs disagree about, then all runs below each other. */
export function compareReport(
  documents: readonly ResultDocument[],
  options: TerminalOptions,
): string {
  const lines = configDifferences(documents).flatMap(({ path, values }) => {
    const each = values.map((value, index) => `${mark(index)} ${JSON.stringify(value ?? null)}`);
    return wrap(`${path} differs: ${each.join(", ")}`, options.width);
  });
  const head = lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
  return head + terminalReport(mergeDocuments(documents), options);
}

/**
 * The runs of all documents as one document for the reports. The number in a label says where a run comes from; the
 * config is what the configs have in common, and under `differences` what they do not.
 */
export function mergeDocuments(documents: readonly ResultDocument[]): ResultDocument {
  const runs = documents.flatMap((document, index) =>
    document.runs.map((run) => ({
      ...run,
      allocator: { ...run.allocator, label: `${mark(index)} ${run.allocator.label}` },
    })),
  );
  return {
    schema: RESULT_SCHEMA,
    kvsim: [...new Set(documents.map(({ kvsim }) => kvsim))].join(", "),
    name: documents.map(({ name }, index) => `${mark(index)} ${name}`).join(", "),
    config: mergedConfig(documents),
    runs,
  };
}

function mergedConfig(documents: readonly ResultDocument[]): unknown {
  const shared = common(documents.map(({ config }) => config));
  const differing = configDifferences(documents).map(({ path, values }) => [
    path,
    Object.fromEntries(values.map((value, index) => [mark(index), value ?? null])),
  ]);
  return { ...(isRecord(shared) && shared), differences: Object.fromEntries(differing) };
}

/** Where the configs disagree, without names and allocators, which the labels tell. */
export function configDifferences(documents: readonly ResultDocument[]): Difference[] {
  return differences(
    documents.map(({ config }) => config),
    [],
  ).filter(({ path }) => !/^(?:name|allocators)(?:\.|$)/.test(path));
}

function differences(values: readonly unknown[], path: readonly string[]): Difference[] {
  if (areEqual(values)) return [];
  if (!values.every(isRecord)) return [{ path: path.join("."), values }];
  return keysOf(values).flatMap((key) =>
    differences(
      values.map((value) => value[key]),
      [...path, key],
    ),
  );
}

/** What all values say; undefined where they disagree. */
function common(values: readonly unknown[]): unknown {
  if (areEqual(values)) return values[0];
  if (!values.every(isRecord)) return undefined;
  return Object.fromEntries(
    keysOf(values).map((key) => [key, common(values.map((value) => value[key]))]),
  );
}

function keysOf(values: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(values.flatMap((value) => Object.keys(value)))];
}

function areEqual(values: readonly unknown[]): boolean {
  return new Set(values.map((value) => prettyJson(value))).size <= 1;
}

/** Stands for a document in labels, for which names are too long. */
function mark(index: number): string {
  return `#${index + 1}`;
}
