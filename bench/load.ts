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

/** The load that is looked at from all sides. */
export const BASE_LOAD: Load = { rate: 30, blocks: 8192, maxRunning: 256, requests: 1_000_000 };

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
