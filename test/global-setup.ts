import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tracesFolder } from "./traces-folder.ts";

/** Skip reasons are not shown by the default reporter, so they are printed once, here. */
export default function announceSkips(): void {
  if (!existsSync(tracesFolder()))
    console.log(
      `tests that replay real traces are skipped: no folder ${tracesFolder()} (set KVSIM_TRACES)`,
    );
  if (process.getuid?.() === 0)
    console.log("the tests of what may not be read or written are skipped: root may do everything");
  if (spawnSync("cc", ["--version"]).error !== undefined)
    console.log("the tests of the bench's C program are skipped: there is no C compiler called cc");
  if (process.platform === "win32")
    console.log(
      "the tests of a trace read from a pipe are skipped: Windows has no named pipes here",
    );
}
