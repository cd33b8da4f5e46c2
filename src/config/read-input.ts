import { readFileSync, statSync } from "node:fs";
import { type ConfigPath, ConfigProblem } from "./problem.ts";

/** The bytes of a file that a config names. Throws {@link ConfigProblem} at `path` when there is no such file. */
export function readInput(path: ConfigPath, file: string): Uint8Array {
  requireFile(path, file);
  return attempt(path, file, () => readFileSync(file));
}

/** Throws {@link ConfigProblem} at `path` unless `file` is a file. */
export function requireFile(path: ConfigPath, file: string): void {
  if (!attempt(path, file, () => statSync(file)).isFile())
    throw new ConfigProblem(path, `expected a file, ${file} is none`);
}

function attempt<T>(path: ConfigPath, file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ConfigProblem(path, `${fileErrorText(error)}: ${file}`);
  }
}

/** What went wrong with a file, in words. */
export function fileErrorText(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    ENOTDIR: "no such file",
    EISDIR: "is a folder, expected a file",
    EACCES: "may not be read or written",
    EPERM: "may not be read or written",
    EROFS: "may not be read or written",
    ENOSPC: "there is no space left",
  };
  return words[code ?? ""] ?? `cannot be read or written (${code ?? (error as Error).message})`;
}
