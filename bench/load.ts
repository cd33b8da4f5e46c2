import type { Config } from "../src/config/config.ts";
import { projectConfig } from "./project-config.ts";

/** What the loads of the bench differ in; the rest is in `bench/load.yaml`. */
export interface Load {
  /** Requests per simulated second. */
  readonly rate: number;
  /** Blocks of 16 slots. */
  readonly blocks: number;
  readonly maxRunning: number;
  readonly requests: number;
}

/** Requests of a run; the time of its last million counts (bench/simulation-process.ts). */
export const REQUESTS = 1_250_000;

/** The load that is looked at from all sides. */
export const BASE_LOAD: Load = { rate: 30, blocks: 8192, maxRunning: 256, requests: REQUESTS };

/** A load by the name of its column. */
export interface NamedLoad extends Load {
  readonly key: string;
}

/** The five loads, by requests per second. */
export const LOADS: readonly NamedLoad[] = [
  { key: "30/s", ...BASE_LOAD },
  { key: "45/s", rate: 45, blocks: 4096, maxRunning: 256, requests: REQUESTS },
  { key: "5/s", rate: 5, blocks: 1024, maxRunning: 64, requests: REQUESTS },
  { key: "100/s", rate: 100, blocks: 65_536, maxRunning: 1024, requests: REQUESTS },
  { key: "0.5/s", rate: 0.5, blocks: 8192, maxRunning: 256, requests: REQUESTS },
];

/** `bench/load.yaml` at one of the loads, changed further as by `--set`. */
export function configAt(load: Load, ...set: string[]): Config {
  return projectConfig(
    "bench/load.yaml",
    `workload.requests=${load.requests}`,
    `workload.arrivals.rate=${load.rate}`,
    `memory.slots=${load.blocks * 16}`,
    `scheduler.maxRunning=${load.maxRunning}`,
    ...set,
  );
}
