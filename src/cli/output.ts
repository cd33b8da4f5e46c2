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

/**
 * Standard output and error of this process; colour only on a terminal and without `NO_COLOR` (no-color.org). A terminal that calls itself
 * dumb obeys no control sequences.
 */
export function processOutput({
  stdout,
  stderr,
  env,
}: Pick<NodeJS.Process, "stdout" | "stderr" | "env"> = process): Output {
  const obeys = env["TERM"] !== "dumb";
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    width: Math.max(LEAST_WIDTH, stdout.isTTY ? stdout.columns : LEAST_WIDTH),
    color: obeys && stdout.isTTY === true && !env["NO_COLOR"],
    interactive: obeys && stderr.isTTY === true,
  };
}
