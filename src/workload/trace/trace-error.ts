import { WorkloadError } from "../workload-error.ts";

/** A trace that cannot be read. Its message is one line: `path:line:column: what was found, what was expected`. */
export class TraceError extends WorkloadError {
  override readonly name = "TraceError";

  /** `line` and `column` count from 1. */
  constructor(path: string, line: number, column: number, found: string, expected: string) {
    super(`${visible(path)}:${line}:${column}: found ${found}, expected ${expected}`);
  }
}

const SHOWN_CHARACTERS = 40;

/** Content of a trace as an error may show it: short, quoted, nothing in it that a terminal would obey. */
export function quoted(content: string): string {
  if (content === "") return "nothing";
  const shown = content.slice(0, SHOWN_CHARACTERS);
  return visible(JSON.stringify(shown)) + (shown.length < content.length ? "…" : "");
}

/** Control and formatting characters written out as code points. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
