import { plainText } from "../report/escape.ts";

/** Exit codes of every command. */
export const DONE = 0;
/** A run did not complete, or an invariant broke. */
export const FAILED = 1;
/** The command or an input is wrong. */
export const WRONG_INPUT = 2;

/** A command that cannot be carried out as it was given; the message is one line for a person. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** How every error is told: one line, nothing in it that a terminal would obey. */
export function errorLine(message: string): string {
  return `error: ${plainText(message)}\n`;
}
