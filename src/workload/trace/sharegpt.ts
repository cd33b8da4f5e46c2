import { csvHeader, splitCsv } from "./csv.ts";
import { outputLength, promptLength } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

/** Length files of Sarathi-Serve, Vidur and Etalon: no times, so `workload.arrivals` gives them. */
export const sharegpt: TraceFormatReader = {
  summary: "CSV without times: num_prefill_tokens, num_decode_tokens",
  start(first, trace) {
    const header = csvHeader(first, ["num_prefill_tokens", "num_decode_tokens"]);
    return (line) => {
      const row = splitCsv(line);
      trace.add({
        arrival: null,
        promptTokens: promptLength(header.field(row, "num_prefill_tokens")),
        outputTokens: outputLength(header.field(row, "num_decode_tokens")),
      });
    };
  },
};
