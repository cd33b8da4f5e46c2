import type { Config } from "../src/config/config.ts";
import { simulate } from "../src/simulate.ts";
import { type Taken, task } from "./clock.ts";
import { only } from "./project-config.ts";

/** The program of `simulation-process.ts`: runs the setups of the config that it is sent, one after the other, and answers with what each took. */
process.once("message", async (config: Config) => {
  const taken: Taken[] = [];
  for (const setup of config.setups)
    taken.push(await task(() => () => requestsOf(only(config, setup)))());
  process.send!(taken, () => process.disconnect());
});

async function requestsOf(config: Config): Promise<number> {
  const [result] = await simulate(config);
  return result!.requests.arrived;
}
