import { main } from "../../src/cli/main.ts";
import type { Output } from "../../src/cli/output.ts";

export interface Captured {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as the shell would, its output kept. */
export async function kvsim(args: readonly string[], overrides: Partial<Output> = {}) {
  let out = "";
  let err = "";
  const output: Output = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    width: 80,
    color: false,
    interactive: false,
    ...overrides,
  };
  const exitCode = await main(args, output);
  return { exitCode, out, err } satisfies Captured;
}
