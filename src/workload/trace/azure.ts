import { TIME_LIMIT_NS } from "../../core/time.ts";
import { type CivilTime, civilTime, nanosecondsBetween } from "./civil-time.ts";
import { CsvHeader } from "./csv.ts";
import { type Field, outputLength, promptLength, refuse } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

/** Azure LLM inference traces: the time of the first row is time 0. */
export const azure: TraceFormatReader = {
  summary: "CSV: TIMESTAMP (date and time), ContextTokens, GeneratedTokens",
  names: COLUMNS,
  start(first, trace) {
    const header = new CsvHeader(first, COLUMNS);
    const timestamp = header.required("TIMESTAMP");
    const prompt = header.required("ContextTokens");
    const output = header.required("GeneratedTokens");
    const since = sinceFirst();
    return () => {
      header.split();
      trace.add({
        arrival: { ns: since(timestamp), field: timestamp },
        promptTokens: promptLength(prompt),
        outputTokens: outputLength(output),
      });
    };
  },
};

function sinceFirst(): (timestamp: Field) => number {
  let start: CivilTime | null = null;
  return (timestamp) => {
    const now = civilTime(timestamp);
    start ??= now;
    const ns = nanosecondsBetween(start, now);
    return ns <= TIME_LIMIT_NS ? ns : refuse(timestamp, "a time within 104 days of the first");
  };
}
