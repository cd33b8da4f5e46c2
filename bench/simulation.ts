import type { Config } from "../src/config/config.ts";
import type { RunResult } from "../src/result.ts";
import { simulate } from "../src/simulate.ts";
import { loadWorkload } from "../src/workload/index.ts";
import { runOracle } from "../test/oracle/oracle.ts";
import { cpuSeconds, type Task } from "./clock.ts";

/** The result of a config with one setup and one seed. */
export async function resultOf(config: Config): Promise<RunResult> {
  const [result] = await simulate(config);
  return result!;
}

/** A whole run by the reference simulator of the tests, token by token and keeping everything; a unit is a request. */
export function oracle(config: Config): Task {
  return async () => {
    const setup = config.setups[0]!;
    const seed = config.seeds[0]!;
    const stream = (await loadWorkload(config)).open(seed);
    const before = cpuSeconds();
    const { requests } = runOracle({ setup, config, stream, seed });
    return { seconds: cpuSeconds() - before, units: requests.arrived };
  };
}
