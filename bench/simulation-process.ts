import { fork } from "node:child_process";
import { join } from "node:path";
import type { Config } from "../src/config/config.ts";
import type { Taken, Task } from "./clock.ts";
import { PROJECT } from "./project-config.ts";

const PROGRAM = join(PROJECT, "dist/bench/timed-runs.js");

/** Of its requests, the part of a run that is taken to be compiling. */
export const COMPILING = 1 / 5;

/**
 * What each setup of a config takes for the last four fifths of its requests: whole runs, one after the other in a new process, less
 * runs of a fifth of the requests in another. A unit is a request.
 */
export async function simulated(config: Config): Promise<readonly Taken[]> {
  const { workload } = config;
  const requests = Math.round(workload.requests! * COMPILING);
  const short = await inNewProcess({ ...config, workload: { ...workload, requests } });
  const whole = await inNewProcess(config);
  return whole.map(({ seconds, units }, index) => ({
    seconds: seconds - short[index]!.seconds,
    units: units - short[index]!.units,
  }));
}

/** {@link simulated}, of a config with one setup. */
export function simulation(config: Config): Task {
  return async () => (await simulated(config))[0]!;
}

function inNewProcess(config: Config): Promise<readonly Taken[]> {
  const child = fork(PROGRAM, { serialization: "advanced" });
  return new Promise((resolve, reject) => {
    child.once("exit", () =>
      reject(new Error("a process of the bench ended before it had answered")),
    );
    child.once("message", resolve as (taken: unknown) => void);
    child.send(config);
  });
}
