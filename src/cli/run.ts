import type { Config } from "../config/config.ts";
import { configName, type LoadOptions, loadConfig } from "../config/load.ts";
import { resolvedDocument } from "../config/resolved-document.ts";
import { RESULT_SCHEMA, type ResultDocument } from "../result.ts";
import { simulate } from "../simulate.ts";
import { CommandError, DONE, FAILED } from "./exit.ts";
import type { Output } from "./output.ts";
import { progressLine } from "./progress.ts";
import { checkReportFolder, writeReportFolder } from "./report-folder.ts";
import { VERSION } from "./version.ts";

/** Flags of `kvsim run`: where the results go, and whether each event is checked (`paranoid`). */
export interface RunOptions extends LoadOptions {
  /** Folder that gets a report folder for each config. */
  readonly out?: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly paranoid: boolean;
}

interface Job {
  /** Of the report folder: the config file's base name. */
  readonly name: string;
  readonly path: string;
  readonly config: Config;
}

/** `kvsim run CONFIG…`: every config is checked before the first one runs. */
export async function run(
  paths: readonly string[],
  options: RunOptions,
  output: Output,
): Promise<number> {
  const jobs = paths.map((path) => ({
    path,
    name: configName(path),
    config: loadConfig(path, options),
  }));
  if (options.out !== undefined) checkFolders(jobs, options.out);
  let exitCode = DONE;
  for (const job of jobs) {
    const document = await simulateJob(job, options, output);
    if (options.out !== undefined || options.json || !options.quiet)
      await report(document, job, options, jobs.length, output);
    if (document.runs.some(({ verdict }) => verdict.status !== "completed")) exitCode = FAILED;
  }
  return exitCode;
}

function checkFolders(jobs: readonly Job[], parent: string): void {
  for (const [index, { name, path }] of jobs.entries()) {
    checkReportFolder(parent, name);
    const twin = jobs.slice(0, index).find((other) => other.name === name);
    if (twin !== undefined)
      throw new CommandError(`${twin.path} and ${path} would both be reported to ${name}`);
  }
}

async function simulateJob(
  { config }: Job,
  { paranoid, quiet }: RunOptions,
  output: Output,
): Promise<ResultDocument> {
  const progress = progressLine({ ...output, interactive: output.interactive && !quiet });
  const onProgress = progress.update;
  const options = { paranoid, onProgress };
  const runs = await simulate(config, options).finally(progress.clear);
  return {
    schema: RESULT_SCHEMA,
    kvsim: VERSION,
    name: config.name,
    config: resolvedDocument(config),
    runs,
  };
}

/**
 * Writes and prints what is asked for; the reports are imported only then. One document is printed as in `result.json`; of several,
 * each takes a line.
 */
async function report(
  document: ResultDocument,
  { name }: Job,
  { out, json, quiet }: RunOptions,
  documents: number,
  output: Output,
): Promise<void> {
  const { reportFiles, resultJson, terminalReport } = await import("../report/index.ts");
  if (out !== undefined) {
    const folder = writeReportFolder(out, name, await reportFiles(document));
    if (!quiet) output.err(`report: ${folder}\n`);
  }
  if (json) {
    const text = resultJson(document);
    output.out(documents === 1 ? text : `${JSON.stringify(JSON.parse(text))}\n`);
  } else if (!quiet) output.out(terminalReport(document, output));
}
