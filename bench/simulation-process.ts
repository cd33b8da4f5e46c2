import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Config } from "../src/config/config.ts";
import type { Taken, Task } from "./clock.ts";
import { PROJECT } from "./project-config.ts";

const PROGRAM = join(PROJECT, "dist/bench/simulation-server.js");

/**
 * A process that simulates what it is told to, turn after turn. What runs in it decides what its code is compiled for: a setup that is
 * timed has one of its own, as a user who runs it has.
 */
export class SimulationProcess {
  readonly #child: ChildProcess = fork(PROGRAM, { serialization: "advanced" });

  /** Whole runs of a config in this process, all their metrics included; a unit is a request. */
  task(config: Config): Task {
    return Object.assign(() => this.#simulate(config), { end: () => this.#end() });
  }

  #simulate(config: Config): Promise<Taken> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error("a process of the bench ended before it had answered"));
      child.once("exit", fail);
      child.once("message", (taken: Taken) => {
        child.off("exit", fail);
        resolve(taken);
      });
      child.send(config);
    });
  }

  #end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** Whole runs of a config in a process of its own. */
export function simulation(config: Config): Task {
  return new SimulationProcess().task(config);
}
