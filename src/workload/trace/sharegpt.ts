import { CsvHeader } from "./csv.ts";
import { outputLength, promptLength } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

/** Length files of Sarathi-Serve, Vidur and Etalon: no times, so `workload.arrivals` gives them. */
export const sharegpt: TraceFormatReader = {
  summary: "CSV without times: num_prefill_tokens, num_decode_tokens",
  start(first, trace) {
    const header = new CsvHeader(first, ["num_prefill_tokens", "num_decode_tokens"]);
    const prompt = header.required("num_prefill_tokens");
    const output = header.required("num_decode_tokens");
    return () => {
      header.split();
      trace.add({
        arrival: null,
        promptTokens: promptLength(prompt),
        outputTokens: outputLength(output),
      });
    };
  },
};
