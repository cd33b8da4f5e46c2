import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";

/** A config that needs no model and is valid as it is. */
export const SMALL_CONFIG = `memory: {slots: 1000}
maxModelLen: 200
workload:
  requests: 20
  arrivals: {process: poisson, rate: 5}
  lengths: {prompt: {constant: 10}, output: {uniform: [1, 20]}}
latency:
  model: linear
  prefill: {base: 1, perToken: 0.1}
  decode: [{base: 2}]
allocators:
  - strategy: paged
    blockSize: 16
  - strategy: contiguous
    placement: buddy
`;

const base = mkdtempSync(join(tmpdir(), "kvsim-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** An empty folder that is removed when the test file is done. */
export function temporaryFolder(): string {
  return mkdtempSync(join(base, "t-"));
}

/** Writes files into a new folder and returns the path of the first. */
export function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return join(folder, Object.keys(files)[0]!);
}

export function loadText(text: string, set: readonly string[] = []): Config {
  return loadConfig(writeFiles({ "a.yaml": text }), { set });
}

/** The message of the ConfigError that loading gives, the folder cut off. */
export function loadError(text: string | Uint8Array, set: readonly string[] = []): string {
  return fileError(writeFiles({ "a.yaml": text }), set);
}

export function fileError(path: string, set: readonly string[] = []): string {
  try {
    loadConfig(path, { set });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${dirname(path)}/`, "");
    throw error;
  }
  throw new Error("the config was accepted");
}

/** {@link SMALL_CONFIG} with one piece of text replaced by another. */
export function changed(from: string, to: string): string {
  if (!SMALL_CONFIG.includes(from)) throw new Error(`the small config has no ${from}`);
  return SMALL_CONFIG.replace(from, to);
}
