import type { Config } from "./config/config.ts";
import type { RunResult } from "./result.ts";
import { runSetup } from "./run-setup.ts";
import { loadWorkload } from "./workload/index.ts";

/** How a config is run; nothing here changes a result. */
export interface SimulateOptions {
  /** Check every invariant after every operation; changes no result. */
  readonly paranoid?: boolean;
  /** `ended` of `expected` requests of one run (null if not known beforehand). */
  readonly onProgress?: (ended: number, expected: number | null, label: string) => void;
}

/** Runs every allocator of a config with every seed, in the order of the config. */
export async function simulate(
  config: Config,
  options: SimulateOptions = {},
): Promise<RunResult[]> {
  const workload = await loadWorkload(config);
  const { paranoid = false, onProgress } = options;
  return config.setups.flatMap((setup) =>
    config.seeds.map((seed) => {
      const label = config.seeds.length > 1 ? `${setup.label}, seed ${seed}` : setup.label;
      return runSetup({
        setup,
        config,
        stream: workload.open(seed),
        seed,
        paranoid,
        onProgress: (ended) => onProgress?.(ended, workload.expectedRequests, label),
      });
    }),
  );
}
