import type { Config } from "../config/config.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { counted, fixed, gibibytes } from "../report/format.ts";
import { DONE, errorLine, WRONG_INPUT } from "./exit.ts";
import type { Output } from "./output.ts";

/** Flags of `kvsim validate`; `quiet` leaves the exit code and the errors. */
export interface ValidateOptions extends LoadOptions {
  readonly quiet: boolean;
}

/** `kvsim validate CONFIG…`: a line for each file; the broken ones are all told. */
export function validate(
  paths: readonly string[],
  options: ValidateOptions,
  output: Output,
): number {
  let exitCode = DONE;
  for (const path of paths) {
    try {
      const config = loadConfig(path, options);
      if (!options.quiet) output.out(`ok ${path}: ${summary(config)}\n`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      output.err(errorLine(error.message));
      exitCode = WRONG_INPUT;
    }
  }
  return exitCode;
}

function summary({ setups, seeds, pool, model, gpu, workload }: Config): string {
  const bytes =
    pool.bytesPerToken === null ? "" : ` (${gibibytes(pool.slots * pool.bytesPerToken)})`;
  const parts = [
    `${counted(setups.length, "allocator")} × ${counted(seeds.length, "seed")}`,
    `pool ${fixed(pool.slots, 0)} slots${bytes}`,
  ];
  if (model !== null) parts.push(model.name);
  if (gpu !== null) parts.push(gpu.name);
  if (workload.requests !== null) parts.push(counted(workload.requests, "request"));
  return parts.join(", ");
}
