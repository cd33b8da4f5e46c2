import { fitInlining } from "../src/cli/inlining.ts";
import { keepYoungGeneration } from "../src/cli/young-generation.ts";
import type { Config } from "../src/config/config.ts";
import { simulate } from "../src/simulate.ts";
import { cpuSeconds, type Taken } from "./clock.ts";
import { only } from "./project-config.ts";

/** Requests after which V8 has compiled what a run needs: it is timed from there on. */
const COMPILING_REQUESTS = 200_000;

/** The program of {@link simulated}: runs the setups of the config that it is sent, and answers with what each took. */
keepYoungGeneration();
process.once("message", async (config: Config) => {
  const taken: Taken[] = [];
  for (const setup of config.setups) taken.push(await timed(only(config, setup)));
  process.send!(taken, () => process.disconnect());
});

/** What the run of one setup takes from the time on at which so many of its requests have ended; all of a shorter one. */
async function timed(config: Config): Promise<Taken> {
  let before: Taken = { seconds: cpuSeconds(), units: 0 };
  const [result] = await simulate(config, {
    onReady: fitInlining,
    onProgress(ended) {
      if (before.units === 0 && ended >= COMPILING_REQUESTS)
        before = { seconds: cpuSeconds(), units: ended };
    },
  });
  return {
    seconds: cpuSeconds() - before.seconds,
    units: result!.requests.arrived - before.units,
  };
}
