import { keepYoungGeneration } from "../src/cli/young-generation.ts";
import { simulate } from "../src/simulate.ts";
import { BASE_LOAD, configAt } from "./load.ts";
import { only } from "./project-config.ts";

/** Runs the 30/s load on paged 16 with so many requests, as `kvsim run` does: `node dist/bench/run-load.js NUMBER`. */
const config = configAt({ ...BASE_LOAD, requests: Number(process.argv[2]) });
keepYoungGeneration();
const [result] = await simulate(only(config, config.setups[0]!));
if (result?.verdict.status !== "completed") throw new Error(result?.verdict.explanation);
