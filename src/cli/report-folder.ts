import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileErrorText } from "../config/read-input.ts";
import { CommandError } from "./exit.ts";

/** The file that tells a report folder from any other. */
const REPORT_MARK = "result.json";

/**
 * Throws {@link CommandError} unless a report can be put at `parent`/`name`: folders can be made there, and what has that name already, if
 * anything, is an older report. Asked before a run, so that none is lost to it.
 */
export function checkReportFolder(parent: string, name: string): void {
  if (parent === "") throw new CommandError("--out: expected a folder, got nothing");
  const there = nearestThatExists(parent);
  const of = there === parent ? "" : ` ${there}`;
  if (!statSync(there).isDirectory())
    throw new CommandError(`--out ${parent}:${of} is a file, expected a folder`);
  requireRoom(there, `--out ${parent}:${of}`);
  const folder = join(parent, name);
  if (existsSync(folder) && !existsSync(join(folder, REPORT_MARK)))
    throw new CommandError(`${folder} exists and is no kvsim report; move it or use another --out`);
}

/**
 * Writes a report folder as a whole: its files go to a folder beside it, which then takes its name. An older report stays
 * until the new one is complete, and comes back when the exchange fails.
 */
export function writeReportFolder(
  parent: string,
  name: string,
  files: ReadonlyMap<string, string>,
): string {
  checkReportFolder(parent, name);
  const folder = join(parent, name);
  let draft: string | null = null;
  try {
    mkdirSync(parent, { recursive: true });
    draft = mkdtempSync(join(parent, `.${name}-`));
    const complete = join(draft, "new");
    mkdirSync(complete);
    for (const [file, content] of files) writeFileSync(join(complete, file), content);
    exchange(complete, folder, join(draft, "old"));
    return folder;
  } catch (error) {
    throw new CommandError(`${folder}: ${fileErrorText(error)}`);
  } finally {
    if (draft !== null) rmSync(draft, { recursive: true, force: true });
  }
}

/** The path itself, or the nearest above it that there is. */
function nearestThatExists(path: string): string {
  return existsSync(path) ? path : nearestThatExists(dirname(path));
}

/** Makes a folder and removes it: whether that can be done in `folder` depends on more than its permissions (a full disk, /proc). */
function requireRoom(folder: string, what: string): void {
  try {
    rmdirSync(mkdtempSync(join(folder, ".kvsim-")));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const text = code === "ENOENT" ? "takes no folder" : fileErrorText(error);
    throw new CommandError(`${what} ${text}`);
  }
}

function exchange(complete: string, folder: string, old: string): void {
  const replaces = existsSync(folder);
  if (replaces) renameSync(folder, old);
  try {
    renameSync(complete, folder);
  } catch (error) {
    if (replaces) renameSync(old, folder);
    throw error;
  }
}
