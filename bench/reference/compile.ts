import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../project-config.ts";

const SOURCE = join(PROJECT, "bench/reference.c");

/** The C program of the per-token loop, ready to run, or why there is none. */
export type Compiled =
  | { readonly binary: string; readonly folder: string }
  | { readonly missing: string };

/** Compiles `bench/reference.c` with the `cc` of this machine into a folder of its own. */
export function compileReference(): Compiled {
  const folder = mkdtempSync(join(tmpdir(), "kvsim-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const binary = join(folder, "reference");
  // Without contraction a × b + c is rounded twice, as in JavaScript.
  const flags = ["-std=c99", "-O3", "-ffp-contract=off"];
  const { error, status, stderr } = spawnSync("cc", [...flags, "-o", binary, SOURCE]);
  if (error !== undefined) return { missing: "there is no C compiler called cc here" };
  if (status !== 0) throw new Error(`bench/reference.c does not compile: ${stderr}`);
  return { binary, folder };
}
