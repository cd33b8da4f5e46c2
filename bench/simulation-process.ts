import { fork } from "node:child_process";
import { join } from "node:path";
import type { Config } from "../src/config/config.ts";
import type { Taken, Task } from "./clock.ts";
import { PROJECT } from "./project-config.ts";

const PROGRAM = join(PROJECT, "dist/bench/timed-runs.js");

/** Runs a config's setups, one after the other, in a new process, and says what each took once it was compiled; a unit is a request. */
export function simulated(config: Config): Promise<readonly Taken[]> {
  const child = fork(PROGRAM, { serialization: "advanced" });
  return new Promise((resolve, reject) => {
    child.once("exit", () =>
      reject(new Error("a process of the bench ended before it had answered")),
    );
    child.once("message", resolve as (taken: unknown) => void);
    child.send(config);
  });
}

/** {@link simulated}, of a config with one setup. */
export function simulation(config: Config): Task {
  return async () => (await simulated(config))[0]!;
}
