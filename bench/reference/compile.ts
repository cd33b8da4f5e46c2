import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../project-config.ts";

/** The C programs: the per-token loop, and kvsim's own way of simulating on one load. */
export type Program = "reference" | "epochs";

/** A C program, ready to run, or why there is none. */
export type Compiled =
  | { readonly binary: string; readonly folder: string }
  | { readonly missing: string };

/** Compiles `bench/PROGRAM.c` with the `cc` of this machine into a folder of its own. */
export function compileProgram(program: Program): Compiled {
  const source = join(PROJECT, `bench/${program}.c`);
  const folder = mkdtempSync(join(tmpdir(), "kvsim-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const binary = join(folder, program);
  // Without contraction a × b + c is rounded twice, as in JavaScript.
  const flags = ["-std=c99", "-O3", "-ffp-contract=off"];
  const { error, status, stderr } = spawnSync("cc", [...flags, "-o", binary, source, "-lm"]);
  if (error !== undefined) return { missing: "there is no C compiler called cc here" };
  if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
  return { binary, folder };
}
