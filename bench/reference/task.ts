import type { Config } from "../../src/config/config.ts";
import type { Task } from "../clock.ts";
import { resultOf } from "../simulation.ts";
import { type Compiled, compileProgram } from "./compile.ts";
import { differences, meanBatch, preemptionsPerRequest, referenceSeconds } from "./figures.ts";
import { runReference, writeRequests } from "./run.ts";

/** The C program of the per-token loop on the requests of one config. */
export interface Reference {
  /** A unit is a request. */
  readonly task: Task;
  /** Mean number of sequences that decode together. */
  readonly meanBatch: number;
  readonly preemptionsPerRequest: number;
}

let compiled: Compiled | null = null;

function program(): Compiled {
  compiled ??= compileProgram("reference");
  return compiled;
}

/** Why there is no C program; null if there is one. */
export function missingReference(): string | null {
  const made = program();
  return "missing" in made ? made.missing : null;
}

/**
 * Prepares the C program for a config of one paged setup, having made sure that it gives kvsim's result bit for bit; throws if not. Null
 * without a C compiler.
 */
export async function reference(config: Config): Promise<Reference | null> {
  const made = program();
  if ("missing" in made) return null;
  const setup = config.setups[0]!;
  const file = await writeRequests(config, made.folder);
  const run = () => runReference(made, file, config, setup);
  const printed = run();
  const wrong = differences(await resultOf(config), printed);
  if (wrong.length > 0) throw new Error(`the C program disagrees with kvsim: ${wrong.join("; ")}`);
  return {
    task: () => {
      const again = run();
      return { seconds: referenceSeconds(again), units: Number(again.get("arrived")![0]) };
    },
    meanBatch: meanBatch(printed),
    preemptionsPerRequest: preemptionsPerRequest(printed),
  };
}

/** Figures of a row: nanoseconds a request in kvsim and in C, from seconds (null without a C program), and how many times C takes longer. */
export function besideReference(kvsim: number, c: number | null) {
  return {
    kvsim: 1e9 * kvsim,
    c: c === null ? null : 1e9 * c,
    faster: c === null ? null : c / kvsim,
  };
}
