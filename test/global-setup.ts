import { existsSync } from "node:fs";
import { tracesFolder } from "./traces-folder.ts";

/** Skip reasons are not shown by the default reporter, so they are printed once, here. */
export default function announceSkips(): void {
  if (!existsSync(tracesFolder()))
    console.log(
      `tests that replay real traces are skipped: no folder ${tracesFolder()} (set KVSIM_TRACES)`,
    );
}
