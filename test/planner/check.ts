import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { checkRows, checkTable, summaryLine, withinBounds } from "./check-table.ts";
import type { LoggedRun } from "./logged-run.ts";

/** `npm run planner-check [-- FILE]`: planned against logged, a row for each start-up log. */
const OWN_LOGS = new URL("../../../test/planner/planner-logs.json", import.meta.url);

function main(): number {
  const given = process.argv[2];
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const file = given === undefined ? OWN_LOGS : resolve(process.env["INIT_CWD"] ?? ".", given);
  let runs: LoggedRun[];
  try {
    runs = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    process.stderr.write(`error: ${basename(String(file))}: ${(error as Error).message}\n`);
    return 2;
  }
  const rows = checkRows(runs);
  process.stdout.write(`${checkTable(rows)}\n${summaryLine(rows)}\n`);
  return withinBounds(rows) ? 0 : 1;
}

process.exitCode = main();
