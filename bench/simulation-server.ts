import { fitInlining } from "../src/cli/inlining.ts";
import { keepYoungGeneration } from "../src/cli/young-generation.ts";
import type { Config } from "../src/config/config.ts";
import { simulate } from "../src/simulate.ts";
import { task } from "./clock.ts";

/** The program of a {@link SimulationProcess}: simulates each config that it is sent, and answers with what that took. */
keepYoungGeneration();
process.on("message", async (config: Config) => {
  process.send!(await task(() => () => requestsOf(config))());
});

async function requestsOf(config: Config): Promise<number> {
  const runs = await simulate(config, { onReady: fitInlining });
  return runs.reduce((sum, { requests }) => sum + requests.arrived, 0);
}
