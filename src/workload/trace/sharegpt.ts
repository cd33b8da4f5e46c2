import { CsvHeader } from "./csv.ts";
import { outputLength, promptLength } from "./field.ts";
import type { TraceFormatReader } from "./format.ts";

const PROMPT = "num_prefill_tokens";
const OUTPUT = "num_decode_tokens";
const COLUMNS = [PROMPT, OUTPUT];

/** Length files of Sarathi-Serve, Vidur and Etalon: no times, so `workload.arrivals` gives them. */
export const sharegpt: TraceFormatReader = {
  summary: "CSV without times: num_prefill_tokens, num_decode_tokens",
  names: COLUMNS,
  start(first, trace) {
    const header = new CsvHeader(first, COLUMNS);
    const prompt = header.required(PROMPT);
    const output = header.required(OUTPUT);
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
