import { TIME_LIMIT_NS } from "../../core/time.ts";
import { type CivilTime, civilTime, nanosecondsBetween } from "./civil-time.ts";
import { csvHeader } from "./csv.ts";
import { type Field, outputLength, promptLength, refuse } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

/** Azure LLM inference traces: the time of the first row is time 0. */
export const azure: TraceFormatReader = {
  summary: "CSV: TIMESTAMP (date and time), ContextTokens, GeneratedTokens",
  start(first, trace) {
    const header = csvHeader(first, ["TIMESTAMP", "ContextTokens", "GeneratedTokens"]);
    const since = sinceFirst();
    return (line) => {
      const field = header.row(line);
      const timestamp = field("TIMESTAMP");
      trace.add({
        arrival: { ns: since(timestamp), field: timestamp },
        promptTokens: promptLength(field("ContextTokens")),
        outputTokens: outputLength(field("GeneratedTokens")),
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
