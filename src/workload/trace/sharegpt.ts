import { csvHeader } from "./csv.ts";
import { outputLength, promptLength } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

/** Length files of Sarathi-Serve, Vidur and Etalon: no times, so `workload.arrivals` gives them. */
export const sharegpt: TraceFormatReader = {
  summary: "CSV without times: num_prefill_tokens, num_decode_tokens",
  start(first, trace) {
    const header = csvHeader(first, ["num_prefill_tokens", "num_decode_tokens"]);
    return (line) => {
      const field = header.row(line);
      trace.add({
        arrival: null,
        promptTokens: promptLength(field("num_prefill_tokens")),
        outputTokens: outputLength(field("num_decode_tokens")),
      });
    };
  },
};
