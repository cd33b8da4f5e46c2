import type { TraceLine } from "./lines.ts";
import type { TraceBuilder } from "./trace.ts";

/** One trace format. */
export interface TraceFormatReader {
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** What the header, or each JSON object, of a file names in this format: it is recognized by them. */
  readonly names: readonly string[];
  /** Takes the file's first line, header or row; what it returns takes each line after it, which is the same object moved on. */
  start(first: TraceLine, trace: TraceBuilder): (line: TraceLine) => void;
}
