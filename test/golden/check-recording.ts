import type { Recording } from "./replay.ts";
import { replays } from "./replays.ts";

/** What a replay came to, and how a command that stops there exits: 0 all rows match, 1 one differs, 2 it is no recording. */
export interface Check {
  readonly line: string;
  readonly status: 0 | 1 | 2;
}

/** Replays one recording, given as the text of its file. */
export function checkRecording(name: string, text: string): Check {
  try {
    return check(name, JSON.parse(text) as Recording);
  } catch (error) {
    const [message] = (error as Error).message.split("\n");
    return { line: `error: ${name}: ${message}`, status: 2 };
  }
}

function check(name: string, recording: Recording): Check {
  if (recording?.schema !== "vllm-golden/1") throw new Error("not of schema vllm-golden/1");
  const { kind } = recording;
  if (!Object.hasOwn(replays, kind))
    throw new Error(`unknown kind ${kind}; known: ${Object.keys(replays).join(", ")}`);
  const { ops, steps, rows } = recording;
  if ((ops ?? steps ?? rows ?? []).length === 0) throw new Error("has no rows");
  const replay = replays[kind]!(recording);
  if (replay.difference === null) return { line: `ok ${name} ${replay.rows} rows`, status: 0 };
  const { row, field, expected, actual } = replay.difference;
  return { line: `${name} row ${row} ${field}: ${beside(expected, actual)}`, status: 1 };
}

function beside(expected: unknown, actual: unknown): string {
  return `expected ${JSON.stringify(expected) ?? "nothing"}, actual ${JSON.stringify(actual) ?? "nothing"}`;
}
