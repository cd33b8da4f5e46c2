import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileErrorText } from "../../src/config/read-input.ts";
import { type Check, checkRecording } from "./check-recording.ts";
import type { Recording } from "./replay.ts";
import { replayWholeRun } from "./whole-run.ts";
import { wholeRunInput } from "./whole-run-input.ts";

/*
 * `npm run golden [-- [--run] FILE…]`: replays recordings of real code, a line each. With `--run` a scheduler's requests are
 * served as `kvsim run` serves a config, and what is compared is what can be seen from outside. Without a FILE it takes all of the
 * project's own recordings, or all that it can.
 */

const WHOLE_RUN = "--run";
const OWN_RECORDINGS = "test/golden/recordings";

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const given = words.filter((word) => word !== WHOLE_RUN);
  const isWholeRun = words.includes(WHOLE_RUN);
  const play = isWholeRun ? replayWholeRun : undefined;
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const from = process.env["INIT_CWD"] ?? ".";
  const own = () => ownRecordings().filter((file) => !isWholeRun || hasWholeRun(file));
  const files = given.length > 0 ? given.map((file) => resolve(from, file)) : own();
  let worst = 0;
  for (const file of files) {
    const { line, status } = await checkFile(file, play);
    (status === 2 ? process.stderr : process.stdout).write(`${line}\n`);
    worst = Math.max(worst, status);
  }
  return worst;
}

function ownRecordings(): string[] {
  return readdirSync(OWN_RECORDINGS)
    .sort()
    .map((name) => join(OWN_RECORDINGS, name));
}

function hasWholeRun(file: string): boolean {
  try {
    wholeRunInput(JSON.parse(readFileSync(file, "utf8")) as Recording);
    return true;
  } catch {
    return false;
  }
}

async function checkFile(file: string, play: Parameters<typeof checkRecording>[2]): Promise<Check> {
  const name = basename(file, ".json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { line: `error: ${file}: ${fileErrorText(error)}`, status: 2 };
  }
  return checkRecording(name, text, play);
}

process.exitCode = await main();
