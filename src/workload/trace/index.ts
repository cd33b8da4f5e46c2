import type { TraceFormat } from "../../config/config.ts";
import { azure } from "./azure.ts";
import type { TraceFormatReader } from "./format.ts";
import { generic } from "./generic.ts";
import { readLines, type TraceLine } from "./lines.ts";
import { mooncake } from "./mooncake.ts";
import { sharegpt } from "./sharegpt.ts";
import { type Trace, TraceBuilder } from "./trace.ts";
import { TraceError } from "./trace-error.ts";

/** Every trace format that `workload.trace.format` can name. */
export const traceFormats: Readonly<Record<TraceFormat, TraceFormatReader>> = {
  azure,
  mooncake,
  sharegpt,
  generic,
};

/** Reads a trace, plain or gzip. Throws {@link TraceError} at the first thing that is wrong with it. */
export async function readTrace(path: string, format: TraceFormat): Promise<Trace> {
  const trace = new TraceBuilder();
  let read: ((line: TraceLine) => void) | null = null;
  let lastLine = 0;
  await readLines(path, (line) => {
    if (read === null) read = traceFormats[format].start(line, trace);
    else read(line);
    lastLine = line.number;
  });
  if (trace.rows > 0) return trace.build();
  const found = lastLine === 0 ? "an empty file" : "a header without rows";
  throw new TraceError(path, lastLine + 1, 1, found, "at least one request");
}
