import { CommanderError } from "commander";
import { ConfigError } from "../config/problem.ts";
import { TimeLimitError } from "../core/time.ts";
import { WorkloadError } from "../workload/workload-error.ts";
import { CommandError, DONE, errorLine, FAILED, WRONG_INPUT } from "./exit.ts";
import type { Output } from "./output.ts";
import { program } from "./program.ts";

/** Runs one command and returns the exit code. Whatever goes wrong is one line on `err`. */
export async function main(args: readonly string[], output: Output): Promise<number> {
  let exitCode = DONE;
  const command = program(output, (code) => {
    exitCode = code;
  });
  try {
    await command.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, output);
  }
}

/** Errors that say what is wrong with a command or its input. */
const KNOWN = [ConfigError, WorkloadError, TimeLimitError, CommandError];

function report(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return reportUsage(error, output);
  const known = KNOWN.some((kind) => error instanceof kind);
  const message = error instanceof Error ? error.message : String(error);
  output.err(errorLine(known ? message : `kvsim failed: ${message}`));
  return known ? WRONG_INPUT : FAILED;
}

/** Commander signals that help or the version was printed in the same way as wrong usage. */
function reportUsage(error: CommanderError, output: Output): number {
  if (error.exitCode === 0) return DONE;
  if (error.code !== "commander.help") output.err(errorLine(error.message.replace(/^error: /, "")));
  return WRONG_INPUT;
}
