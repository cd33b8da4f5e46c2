import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import compiler from "assemblyscript/asc";
import { instantiate, type ModuleMemory } from "../../src/engine/instantiate.ts";

const PROJECT = projectFolder();
const ENTRY = "test-entry.ts";

/** `checked` has all checks that kvsim, the target `release`, is built without: places in columns among them. */
const CONFIG = "engine/asconfig.json";

/** Functions of a module, by their names, and its memory. */
export type Compiled<Name extends string = string> = Readonly<
  Record<Name, (...values: number[]) => number>
> &
  ModuleMemory;

/** How a module is made otherwise than for most tests. */
export interface CompileOptions {
  /** Of sources of the engine, by their path: what is compiled in place of their text. */
  readonly edits?: Readonly<Record<string, (text: string) => string>>;
  /** Compiled as what kvsim runs is, for the bench: what is broken may go unnoticed. */
  readonly asRun?: boolean;
}

/** Has what counts ticks count them anew after few, as it otherwise does after a thousand million. */
export const FORGETS_TICKS: NonNullable<CompileOptions["edits"]> = {
  "engine/core/ticks.ts": (text) =>
    text.replace("MANY_TICKS: i32 = 1 << 30", "MANY_TICKS: i32 = 64"),
};

/**
 * Compiles AssemblyScript that imports from `./engine/…` and exports functions for a test to call, with all checks that kvsim is built
 * without. Broken promises throw an AssertionError. `host`: what the module imports from there.
 */
export async function compiled<Name extends string = string>(
  source: string,
  host: Readonly<Record<string, (...values: number[]) => unknown>> = {},
  { edits = {}, asRun = false }: CompileOptions = {},
): Promise<Compiled<Name>> {
  const made = new Map<string, Uint8Array>();
  const read = new Set<string>();
  const options = ["--config", CONFIG, "--target", asRun ? "release" : "checked"];
  const { error, stderr } = await compiler.main(
    [ENTRY, "--baseDir", PROJECT, "--outFile", "test.wasm", ...options],
    {
      readFile: (name, folder) => {
        read.add(name);
        return name === ENTRY ? source : textOf(folder, name, edits);
      },
      writeFile: (name, contents) => {
        if (typeof contents !== "string") made.set(name, contents);
      },
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  const unread = Object.keys(edits).find((name) => !read.has(name));
  if (unread !== undefined) throw new Error(`${unread} is edited, but nobody imports it`);
  const bytes = made.get("test.wasm")!;
  return instantiate<Compiled<Name>>(asRun ? await inlined(bytes) : bytes, host);
}

/** What becomes of the compiled engine before it is run. */
async function inlined(bytes: Uint8Array): Promise<Uint8Array> {
  const { inlined } = await import(join(PROJECT, "engine/inline.mjs"));
  return inlined(bytes);
}

/** AssemblyScript from a file of the project: what a test compiles, or a part of it. */
export function sourceAt(path: string): string {
  return readFileSync(join(PROJECT, path), "utf8");
}

/** The entries of a StaticArray<i32>, its length in bytes in front: those that it has now, until the module needs more memory. */
export function integersAt(module: Pick<Compiled, "memory">, address: number): Int32Array {
  const { buffer } = module.memory;
  const [bytes] = new Uint32Array(buffer, address - 4, 1);
  return new Int32Array(buffer, address, bytes! / 4);
}

/** A file's text; null without one, where the compiler then looks elsewhere. */
function textOf(folder: string, name: string, edits: CompileOptions["edits"]): string | null {
  const path = join(folder, name);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, "utf8");
  return edits?.[name]?.(text) ?? text;
}

/** Where the engine's sources are; what tsc has made of this file is one folder deeper. */
function projectFolder(): string {
  const folders = ["../..", "../../.."].map((up) => fileURLToPath(new URL(up, import.meta.url)));
  return folders.find((folder) => existsSync(join(folder, "engine/exports.ts")))!;
}
