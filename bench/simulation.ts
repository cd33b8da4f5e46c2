import type { Config } from "../src/config/config.ts";
import { latencyModel } from "../src/latency/index.ts";
import type { RunResult } from "../src/result.ts";
import { simulate } from "../src/simulate.ts";
import { loadWorkload } from "../src/workload/index.ts";
import { runOracle } from "../test/oracle/oracle.ts";
import { cpuSeconds, type Task, task } from "./clock.ts";

/** A whole run, all its metrics included; a unit is a request. */
export function simulation(config: Config): Task {
  return task(() => async () => {
    const runs = await simulate(config);
    return runs.reduce((sum, { requests }) => sum + requests.arrived, 0);
  });
}

/** The result of a config with one setup and one seed. */
export async function resultOf(config: Config): Promise<RunResult> {
  const [result] = await simulate(config);
  return result!;
}

/** The same by the reference simulator of the tests, token by token and keeping everything; a unit is a request. */
export function oracle(config: Config): Task {
  return async () => {
    const setup = config.setups[0]!;
    const seed = config.seeds[0]!;
    const stream = (await loadWorkload(config)).open(seed);
    const before = cpuSeconds();
    const latency = latencyModel(setup.latency);
    const { requests } = runOracle({ setup, config, stream, latency, seed });
    return { seconds: cpuSeconds() - before, units: requests.arrived };
  };
}
