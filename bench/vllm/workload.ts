/** One of the workloads on which vLLM's own code was timed (CPython 3.11, CPU time). */
export interface Workload {
  /** As the recordings name it. */
  readonly id: string;
  readonly title: string;
  /** What is counted. */
  readonly unit: string;
  /** Units per CPU second of vLLM. */
  readonly recorded: number;
  /** Makes what the work needs. What it returns does the work and tells how many units that was. */
  readonly prepare: () => (() => number) | Promise<() => number>;
}

/** Block size of all these workloads. */
export const BLOCK_SIZE = 16;
