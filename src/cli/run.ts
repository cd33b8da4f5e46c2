import type { Config } from "../config/config.ts";
import { configName, type LoadOptions, loadConfig } from "../config/load.ts";
import { resolvedDocument } from "../config/resolved-document.ts";
import { reportFiles, resultJson, terminalReport } from "../report/index.ts";
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
    if (options.out !== undefined) {
      const folder = writeReportFolder(options.out, job.name, await reportFiles(document));
      if (!options.quiet) output.err(`report: ${folder}\n`);
    }
    print(document, options, jobs.length, output);
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
  const runs = await simulate(config, { paranoid, onProgress }).finally(progress.clear);
  return {
    schema: RESULT_SCHEMA,
    kvsim: VERSION,
    name: config.name,
    config: resolvedDocument(config),
    runs,
  };
}

/** One document is printed as in `result.json`; of several, each takes a line. */
function print(
  document: ResultDocument,
  { json, quiet }: RunOptions,
  documents: number,
  output: Output,
): void {
  if (!json) {
    if (!quiet) output.out(terminalReport(document, output));
    return;
  }
  const text = resultJson(document);
  output.out(documents === 1 ? text : `${JSON.stringify(JSON.parse(text))}\n`);
}
