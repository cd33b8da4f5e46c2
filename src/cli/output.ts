/** Where a command's text goes. Results go to `out`; progress, notes and errors to `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Columns of a table. */
  readonly width: number;
  /** Whether tables may be coloured. */
  readonly color: boolean;
  /** Whether progress may be drawn on `err`. */
  readonly interactive: boolean;
}

const LEAST_WIDTH = 80;

/** Standard output and error of this process; colour only on a terminal and without `NO_COLOR` (no-color.org). */
export function processOutput(): Output {
  const { stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    width: Math.max(LEAST_WIDTH, stdout.isTTY ? stdout.columns : LEAST_WIDTH),
    color: stdout.isTTY === true && !process.env["NO_COLOR"],
    interactive: stderr.isTTY === true,
  };
}
