import type { TraceLine } from "./lines.ts";
import type { TraceBuilder } from "./trace.ts";

/** One trace format. */
export interface TraceFormatReader {
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** Whether a file of this format may begin so, whatever is wrong further on. */
  recognizes(first: TraceLine): boolean;
  /** Takes the file's first line, header or row; what it returns takes each line after it, which is the same object moved on. */
  start(first: TraceLine, trace: TraceBuilder): (line: TraceLine) => void;
}
