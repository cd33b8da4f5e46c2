import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Check, checkRecording } from "./check-recording.ts";

/** `npm run golden [-- FILE…]`: replays recordings of real code, a line each. */
const OWN_RECORDINGS = "test/golden/recordings";

function main(): number {
  const given = process.argv.slice(2);
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const from = process.env["INIT_CWD"] ?? ".";
  const files = given.length > 0 ? given.map((file) => resolve(from, file)) : ownRecordings();
  let worst = 0;
  for (const file of files) {
    const { line, status } = checkFile(file);
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

function checkFile(file: string): Check {
  const name = basename(file, ".json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { line: `error: ${name}: ${(error as Error).message}`, status: 2 };
  }
  return checkRecording(name, text);
}

process.exitCode = main();
