import { join } from "node:path";
import type { Config, SetupConfig } from "../src/config/config.ts";
import { loadConfig } from "../src/config/load.ts";

/** The project's root, where npm runs everything. */
export const PROJECT = process.cwd();

/** A config of the project, changed as by `--set`; `path` from the project's root. */
export function projectConfig(path: string, ...set: string[]): Config {
  return loadConfig(join(PROJECT, path), { set });
}

/** The same config with one of its setups only. */
export function only(config: Config, setup: SetupConfig): Config {
  return { ...config, setups: [setup] };
}
