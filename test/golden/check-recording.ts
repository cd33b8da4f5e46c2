import type { Recording, Replay } from "./replay.ts";
import { replays } from "./replays.ts";

/** What a replay came to, and how a command that stops there exits: 0 all rows match, 1 one differs, 2 it is no recording. */
export interface Check {
  readonly line: string;
  readonly status: 0 | 1 | 2;
}

/** What serves a recording and compares. */
type Player = (recording: Recording) => Replay | Promise<Replay>;

/** Replays one recording, given as the text of its file. */
export async function checkRecording(
  name: string,
  text: string,
  play: Player = (recording) => replays[recording.kind]!(recording),
): Promise<Check> {
  try {
    return await check(name, JSON.parse(text) as Recording, play);
  } catch (error) {
    const [message] = (error as Error).message.split("\n");
    return { line: `error: ${name}: ${message}`, status: 2 };
  }
}

async function check(name: string, recording: Recording, play: Player): Promise<Check> {
  if (recording?.schema !== "vllm-golden/1") throw new Error("not of schema vllm-golden/1");
  const { kind } = recording;
  if (!Object.hasOwn(replays, kind))
    throw new Error(`unknown kind ${kind}; known: ${Object.keys(replays).join(", ")}`);
  const { ops, steps, rows } = recording;
  if ((ops ?? steps ?? rows ?? []).length === 0) throw new Error("has no rows");
  const replay = await play(recording);
  if (replay.difference === null) return { line: `ok ${name} ${replay.rows} rows`, status: 0 };
  const { row, field, expected, actual } = replay.difference;
  return { line: `${name} row ${row} ${field}: ${beside(expected, actual)}`, status: 1 };
}

function beside(expected: unknown, actual: unknown): string {
  return `expected ${JSON.stringify(expected) ?? "nothing"}, actual ${JSON.stringify(actual) ?? "nothing"}`;
}
