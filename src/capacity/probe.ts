import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { type Estimate, estimate } from "../report/summary.ts";
import type { RunResult } from "../result.ts";
import { runSetup } from "../run-setup.ts";
import { loadWorkload } from "../workload/index.ts";
import type { Axis } from "./axis.ts";
import { type Failure, failureOf, untoldBy } from "./failure.ts";
import { isCeiling, isMet, numberOf, type Term } from "./target.ts";

/** What one setup did at one load. */
export interface Probe {
  readonly load: number;
  /** Seeds that were run: fewer than the config's where these were enough to miss the target. */
  readonly seeds: number;
  /** Of each term of the target, over these seeds. */
  readonly values: readonly Estimate[];
  readonly meets: boolean;
  /** Why the values count for nothing, in one seed at least. */
  readonly failure: Failure | null;
}

/** Called now and then with the ended requests of the run at `load`. */
export type OnRun = (ended: number, expected: number | null, load: number, seed: number) => void;

const DOES_NOT_FIT: Failure = { what: "does not fit", cause: null };

/**
 * Runs one setup at loads. Every load and every setup meets the seeds of the config, so that two of them differ by
 * what is compared and not by chance (common random numbers). A load is run once.
 */
export class Prober {
  readonly #runsByLoad = new Map<number, RunResult[]>();
  private readonly index: number;
  private readonly axis: Axis;
  private readonly target: readonly Term[];
  private readonly onRun: OnRun;

  constructor(index: number, axis: Axis, target: readonly Term[], onRun: OnRun = () => {}) {
    this.index = index;
    this.axis = axis;
    this.target = target;
    this.onRun = onRun;
  }

  /** Whether the mean over the seeds meets every term; seeds that cannot change a miss are not run. */
  async meets(load: number): Promise<boolean> {
    const runs = await this.#run(load, (sofar, seeds) => this.#hasMissed(sofar, seeds));
    return this.#probe(load, runs).meets;
  }

  /** A load with all seeds. */
  async complete(load: number): Promise<Probe> {
    return this.#probe(load, await this.#run(load, () => false));
  }

  /** All loads so far, in order. */
  get probes(): Probe[] {
    return [...this.#runsByLoad]
      .map(([load, runs]) => this.#probe(load, runs))
      .sort((a, b) => a.load - b.load);
  }

  /** Null where the model alone is too large. */
  #configAt(load: number): Config | null {
    try {
      return this.axis.at(load);
    } catch (error) {
      if (error instanceof ConfigError) return null;
      throw error;
    }
  }

  async #run(
    load: number,
    isEnough: (runs: readonly RunResult[], seeds: number) => boolean,
  ): Promise<readonly RunResult[]> {
    const runs = this.#runsByLoad.get(load) ?? [];
    this.#runsByLoad.set(load, runs);
    const config = this.#configAt(load);
    if (config === null) return runs;
    const setup = config.setups[this.index]!;
    const workload = await loadWorkload(config);
    for (const seed of config.seeds.slice(runs.length)) {
      if (isEnough(runs, config.seeds.length)) break;
      runs.push(
        runSetup({
          setup,
          config,
          stream: workload.open(seed),
          seed,
          onProgress: (ended) => this.onRun(ended, workload.expectedRequests, load, seed),
        }),
      );
    }
    return runs;
  }

  /** A result has no numbers below 0: a sum that is too large already stays so. */
  #hasMissed(runs: readonly RunResult[], seeds: number): boolean {
    if (this.#failureOf(runs) !== null || untoldBy(runs, this.axis, this.target) !== null)
      return true;
    return this.target.some((term) => {
      const sum = runs.reduce((total, run) => total + numberOf(run, term)!, 0);
      return isCeiling(term) && !isMet(term, sum / seeds);
    });
  }

  #probe(load: number, runs: readonly RunResult[]): Probe {
    const values = this.target.map((term) => estimate(runs.map((run) => numberOf(run, term))));
    const isMissed = this.target.some((term, index) => {
      const { mean } = values[index]!;
      return mean !== null && !isMet(term, mean);
    });
    const untold = isMissed ? null : untoldBy(runs, this.axis, this.target);
    const config = this.#configAt(load);
    const failure = config === null ? DOES_NOT_FIT : (this.#failureOf(runs) ?? untold);
    const meets = runs.length === config?.seeds.length && failure === null && !isMissed;
    return { load, seeds: runs.length, values, meets, failure };
  }

  #failureOf(runs: readonly RunResult[]): Failure | null {
    const failures = runs.map((run) => failureOf(run, this.axis, this.target));
    return failures.find((failure) => failure !== null) ?? null;
  }
}
