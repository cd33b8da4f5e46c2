import { simulate } from "../src/simulate.ts";
import { configAt, LOADS } from "./load.ts";
import { only } from "./project-config.ts";

// Runs one allocator of a load on so many requests, as `kvsim run` does: node dist/bench/run-load.js NUMBER [LABEL [LOAD]], such as
// 100000 "max buddy" 45/s.

const [requests, label = "paged 16", key = "30/s"] = process.argv.slice(2);
const load = LOADS.find((known) => known.key === key);
if (load === undefined) throw new Error(`no load is called ${key}`);
const config = configAt({ ...load, requests: Number(requests) });
const setup = config.setups.find((known) => known.label === label);
if (setup === undefined) throw new Error(`no allocator is called ${label}`);
const [result] = await simulate(only(config, setup));
if (result?.verdict.status !== "completed") throw new Error(result?.verdict.explanation);
