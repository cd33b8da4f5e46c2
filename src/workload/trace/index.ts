import type { TraceFormat } from "../../config/config.ts";
import { azure } from "./azure.ts";
import { columnNames } from "./csv.ts";
import type { TraceFormatReader } from "./format.ts";
import { generic } from "./generic.ts";
import { keysOf } from "./json.ts";
import { readLines, type TraceLine } from "./lines.ts";
import { mooncake } from "./mooncake.ts";
import { sharegpt } from "./sharegpt.ts";
import { type Trace, TraceBuilder } from "./trace.ts";
import { quoted, TraceError } from "./trace-error.ts";

/** Every trace format that `workload.trace.format` can name. */
export const traceFormats: Readonly<Record<TraceFormat, TraceFormatReader>> = {
  azure,
  mooncake,
  sharegpt,
  generic,
};

/** Lines between two reports of how far it is. */
const LINES_AT_ONCE = 1000;

/**
 * Reads a trace, plain or gzip; without a format, as the one that its first line is of. Throws {@link TraceError} at the first
 * thing that is wrong with it. `onRows` is called now and then with the number of rows so far.
 */
export async function readTrace(
  path: string,
  format: TraceFormat | null,
  onRows: (rows: number) => void = () => {},
): Promise<Trace & { readonly format: TraceFormat }> {
  const trace = new TraceBuilder();
  let readAs = format;
  let read: ((line: TraceLine) => void) | null = null;
  let lastLine = 0;
  await readLines(path, (line) => {
    if (read === null) {
      readAs ??= recognized(line);
      read = traceFormats[readAs].start(line, trace);
    } else read(line);
    lastLine = line.number;
    if (lastLine % LINES_AT_ONCE === 0) onRows(trace.rows);
  });
  if (trace.rows > 0) return { ...trace.build(), format: readAs! };
  const found = lastLine === 0 ? "an empty file" : "a header without rows";
  throw new TraceError(path, lastLine + 1, 1, found, "at least one request");
}

/** The format most of whose names the first line has. Throws {@link TraceError} where it has none. */
function recognized(first: TraceLine): TraceFormat {
  const known = Object.keys(traceFormats) as TraceFormat[];
  const found = [...columnNames(first), ...keysOf(first)];
  const share = (format: TraceFormat): number => {
    const { names } = traceFormats[format];
    return names.filter((name) => found.includes(name)).length / names.length;
  };
  const best = known.reduce((one, other) => (share(other) > share(one) ? other : one));
  if (share(best) > 0) return best;
  const expected = `the first line of a trace; --format ${known.join("|")} says what it lacks`;
  throw new TraceError(first.path, first.number, 1, quoted(first.text), expected);
}
