import { readFileSync, statSync } from "node:fs";
import { dirname, parse, resolve } from "node:path";
import type { Config } from "./config.ts";
import { type ConfigDocument, MOST_BYTES, parseConfigText } from "./document.ts";
import { decode } from "./explain.ts";
import { applyOverrides, type Override, overrideOf } from "./overrides.ts";
import { ConfigError, ConfigProblem, formatPath, type Problem } from "./problem.ts";
import { fileErrorText } from "./read-input.ts";
import { resolveConfig } from "./resolve/index.ts";
import { configSchema } from "./schema/index.ts";

/** What the command line changes in a config before it is checked. */
export interface LoadOptions {
  /** `path=value` settings over the file, in order. */
  readonly set: readonly string[];
  /** Instead of the config's seeds; an integer ≥ 0. */
  readonly seed?: number | undefined;
}

/**
 * Reads a config file (YAML or JSON), checks it and writes every default out. Paths in it are relative to it.
 * Throws {@link ConfigError}, one line that says where and what, for the first problem in the file.
 */
export function loadConfig(path: string, { set, seed }: LoadOptions): Config {
  const document = parseConfigText(path, readConfigFile(path));
  const { value, overrides } = applyOverrides(document.value, set);
  const decoded = decode(configSchema, value);
  if (!decoded.ok) throw configError(path, document, overrides, decoded.problems);
  try {
    const config = resolveConfig(decoded.value, dirname(resolve(path)), configName(path));
    return seed === undefined ? config : { ...config, seeds: [seed] };
  } catch (error) {
    if (error instanceof ConfigProblem) throw configError(path, document, overrides, [error]);
    throw error;
  }
}

/** What a report of this config file is called: its base name without extension. */
export function configName(path: string): string {
  const { name, base } = parse(path);
  return /^\.*$/.test(name) ? base : name;
}

function readConfigFile(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES)
      throw new ConfigError(`${path}: a config has at most 1 MiB, this file has ${size} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${path}: ${fileErrorText(error)}`);
  }
}

function configError(
  file: string,
  document: ConfigDocument,
  overrides: readonly Override[],
  problems: readonly Problem[],
): ConfigError {
  const first = firstProblem(document, problems);
  const { path, text } = first;
  const override = overrideOf(overrides, path);
  const place = override === null ? document.place(first) : `${file}: --set ${override.argument}`;
  const key = path.length === 0 ? "" : `${formatPath(path)}: `;
  return new ConfigError(`${place}: ${key}${text}`, formatPath(path));
}

/** In the order of the file, but misspelt keys before all: they explain what else seems to be missing. */
function firstProblem(document: ConfigDocument, problems: readonly Problem[]): Problem {
  const rank = (problem: Problem) => (problem.inKey ? -1 : document.offset(problem));
  return problems.reduce((first, other) => (rank(other) < rank(first) ? other : first));
}
