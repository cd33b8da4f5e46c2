import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileErrorText } from "../config/read-input.ts";
import {
  compareReport,
  mergeDocuments,
  parseResultDocument,
  reportFiles,
  resultJson,
} from "../report/index.ts";
import type { ResultDocument } from "../result.ts";
import { CommandError, DONE } from "./exit.ts";
import type { Output } from "./output.ts";
import { checkReportFolder, writeReportFolder } from "./report-folder.ts";

/** Flags of `kvsim compare`: `out` is the folder that gets the report folder. */
export interface CompareOptions {
  readonly out?: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** The report folder that `--out` gets, as there is no config to name it after. */
const FOLDER = "comparison";

/** `kvsim compare RESULT…`: results are files, or the report folders that hold them. */
export async function compare(
  paths: readonly string[],
  options: CompareOptions,
  output: Output,
): Promise<number> {
  if (options.out !== undefined) checkReportFolder(options.out, FOLDER);
  const documents = paths.map(readResult);
  if (options.out !== undefined)
    writeReportFolder(options.out, FOLDER, await reportFiles(mergeDocuments(documents)));
  if (options.json) output.out(resultJson(mergeDocuments(documents)));
  else if (!options.quiet) output.out(compareReport(documents, output));
  return DONE;
}

function readResult(path: string): ResultDocument {
  const parsed = parseResultDocument(readText(path));
  if ("error" in parsed) throw new CommandError(`${path}: ${parsed.error}`);
  return parsed.document;
}

function readText(path: string): string {
  let file = path;
  try {
    if (statSync(path).isDirectory()) file = join(path, "result.json");
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`${file}: ${fileErrorText(error)}`);
  }
}
