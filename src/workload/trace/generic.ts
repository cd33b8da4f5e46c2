import type { ContentStart, Segment, Tokens } from "../../request.ts";
import { CsvHeader } from "./csv.ts";
import {
  type Field,
  isInteger32,
  outputLength,
  promptLength,
  refuse,
  time,
  wholeNumber,
} from "./field.ts";
import type { TraceFormatReader } from "./format.ts";
import { type JsonObject, jsonField, jsonObject, refuseMisspeltKeys } from "./json.ts";
import type { TraceLine } from "./lines.ts";
import type { TraceBuilder, TraceRow } from "./trace.ts";

/** Beyond any engine's batch: a larger number is a mistake, and would be gathered in memory before a limit refuses it. */
const SEQUENCES_MAX = 10_000;

const REQUIRED = ["prompt", "output"];
const OPTIONAL = ["arrival", "priority"];

/** kvsim's own format, for traces from elsewhere. All rows have an `arrival`, or none has. */
export const generic: TraceFormatReader = {
  summary:
    "CSV or JSONL: prompt, output; optional arrival (s), n, priority; in JSONL content ([id, offset, length] …), outputContent ([id, offset])",
  names: REQUIRED,
  start(first, trace) {
    return first.text.trimStart().startsWith("{")
      ? startJson(first, trace)
      : startCsv(first, trace);
  },
};

const COLUMNS = ["prompt", "output", "arrival", "n", "priority"] as const;

/** The field of a column, null where the file has no such column. */
type Lookup = (name: (typeof COLUMNS)[number]) => Field | null;

function startCsv(first: TraceLine, trace: TraceBuilder): (line: TraceLine) => void {
  const header = new CsvHeader(first, REQUIRED);
  header.refuseMisspelt(OPTIONAL);
  const fields = new Map(COLUMNS.map((name) => [name, header.field(name)]));
  const lookup: Lookup = (name) => fields.get(name) ?? null;
  return () => {
    header.split();
    trace.add(rowOf(lookup));
  };
}

function startJson(first: TraceLine, trace: TraceBuilder): (line: TraceLine) => void {
  const keys = jsonObject(first);
  refuseMisspeltKeys(first, keys, [...REQUIRED, ...OPTIONAL]);
  const timed = Object.hasOwn(keys, "arrival");
  const read = (line: TraceLine): void => {
    const object = jsonObject(line);
    const needed = (name: string): boolean =>
      name === "prompt" || name === "output" || (name === "arrival" && timed);
    const row = rowOf((name) =>
      needed(name) || Object.hasOwn(object, name) ? jsonField(line, object, name) : null,
    );
    if (row.arrival !== null && !timed) refuse(row.arrival.field, "absent, as in the first row");
    const content = segments(object, row.promptTokens, line);
    trace.add({ ...row, content, outputContent: outputStart(object, line) });
  };
  read(first);
  return read;
}

function rowOf(lookup: Lookup): TraceRow {
  const arrival = lookup("arrival");
  const sequences = lookup("n");
  const priority = lookup("priority");
  return {
    arrival: arrival === null ? null : { ns: time(arrival, 1), field: arrival },
    promptTokens: promptLength(lookup("prompt")!),
    outputTokens: outputLength(lookup("output")!),
    sequences: sequences === null ? 0 : wholeNumber(sequences, 1, SEQUENCES_MAX),
    priority: priority === null ? 0 : wholeNumber(priority, 0),
  };
}

/** The `content` of a row: none, or segments that make up the prompt. */
function segments(object: JsonObject, promptTokens: Tokens, line: TraceLine): Segment[] {
  const content = object["content"] ?? [];
  const list = Array.isArray(content) ? content.map(segment) : [null];
  const valid = list.filter((part) => part !== null);
  const total = valid.reduce((sum, part) => sum + part.length, 0);
  if (valid.length === list.length && (total === promptTokens || list.length === 0)) return valid;
  return refuse(
    jsonField(line, object, "content"),
    `a list of [id, offset, length] whose lengths add up to the prompt's ${promptTokens} tokens`,
  );
}

function segment(part: unknown): Segment | null {
  if (!Array.isArray(part) || part.length !== 3 || !part.every(isInteger32)) return null;
  const [contentId, offset, length] = part as [number, number, number];
  return length === 0 ? null : { contentId, offset, length };
}

/** The `outputContent` of a row: which content its output is, and the offset it begins at. */
function outputStart(object: JsonObject, line: TraceLine): ContentStart | null {
  const start = object["outputContent"];
  if (start === undefined) return null;
  if (!Array.isArray(start) || start.length !== 2 || !start.every(isInteger32))
    return refuse(jsonField(line, object, "outputContent"), "[id, offset]");
  const [contentId, offset] = start as [number, number];
  return { contentId, offset };
}
