import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Pool } from "../../src/allocators/allocator.ts";
import { loadConfig } from "../../src/config/load.ts";
import { assert } from "../../src/core/assert.ts";
import type { Nanoseconds } from "../../src/core/time.ts";
import type { Batch, FactSink } from "../../src/facts.ts";
import { latencyModel } from "../../src/latency/index.ts";
import type { LatencyModel } from "../../src/latency/latency.ts";
import type { RunResult } from "../../src/result.ts";
import { type RunObserver, runSetup } from "../../src/run-setup.ts";
import type { Serving } from "../../src/scheduler/serving.ts";
import { simulate } from "../../src/simulate.ts";
import { loadWorkload } from "../../src/workload/index.ts";
import { type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import { STEP_NS, type WholeRunInput, wholeRunInput } from "./whole-run-input.ts";

/**
 * Serves the requests of a recorded scheduler with a config and a trace, as `kvsim run` does, and compares queues, free blocks,
 * preemptions and ends at every step, then the totals. Throws for a recording that has what `kvsim run` does not simulate.
 */
export async function replayWholeRun(recording: Recording): Promise<Replay> {
  const input = wholeRunInput(recording);
  const steps = new WatchedSteps(recording, input.names);
  const result = await serve(input, steps);
  const rows = filledRows(recording.steps ?? []);
  const replay = replayRows(rows, (row) => steps.seen(row["step"] as number));
  if (replay.difference !== null) return replay;
  return compareTotals(replay, recording, result);
}

/** The result of the run as a user would see it; the steps are watched in a second one. */
async function serve(input: WholeRunInput, observer: RunObserver): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "kvsim-whole-run-"));
  try {
    const workload = { trace: { file: "trace.jsonl", format: "generic" } };
    const trace = input.trace.map((row) => `${JSON.stringify(row)}\n`).join("");
    writeFileSync(join(folder, "trace.jsonl"), trace);
    writeFileSync(join(folder, "run.yaml"), JSON.stringify({ ...input.config, workload }));
    const config = loadConfig(join(folder, "run.yaml"), { set: [] });
    const [result] = await simulate(config, { paranoid: true });
    const [setup] = config.setups;
    const stream = (await loadWorkload(config)).open(config.seeds[0]!);
    const latency = stepByStep(latencyModel(setup!.latency));
    const watched = runSetup({
      setup: setup!,
      config,
      stream,
      latency,
      seed: config.seeds[0]!,
      observer,
    });
    assert(isDeepStrictEqual(watched, result), "watching a run step by step changes its result");
    return result!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same prices, an iteration at a time: equal iterations in a row are decided one by one and can be seen. */
function stepByStep(latency: LatencyModel): LatencyModel {
  return { price: (work) => ({ ...latency.price(work), steps: 1 }) };
}

/** What the steps of a run decided, as the recordings write it. */
class WatchedSteps implements RunObserver {
  readonly #names: readonly string[];
  readonly #isV0: boolean;
  readonly #blockSize: number;
  readonly #steps: Step[] = [];
  /** What a step is before the first request has come. */
  readonly #nobody: Step;
  #admitted: string[] = [];
  #preempted: unknown[] = [];

  constructor({ kind, config }: Recording, names: readonly string[]) {
    this.#names = names;
    this.#isV0 = kind === "v0-scheduler";
    const { groups, blockSize } = config as {
      groups?: readonly { readonly blockSize: number }[];
      blockSize: number;
    };
    this.#blockSize = groups?.[0]?.blockSize ?? blockSize;
    const free = this.#isV0
      ? { swapped: [], freeGpu: config["numGpuBlocks"], freeCpu: config["numCpuBlocks"] }
      : { free: Number(config["numBlocks"]) - 1 };
    this.#nobody = { tokens: 0, running: [], waiting: [], ...free, preempted: [], finished: [] };
  }

  readonly facts: Partial<FactSink> = {
    admitted: (_, { id }) => {
      this.#admitted.push(this.#names[id]!);
    },
    finished: (_, { id }) => {
      this.#steps.at(-1)!.finished.push(this.#names[id]!);
    },
    preempted: (_, { id }, { mode, lostTokens }) => {
      this.#preempted.push([this.#names[id]!, this.#isV0 ? mode : lostTokens]);
    },
  };

  decided(atNs: Nanoseconds, batch: Batch | null, serving: Serving, pool: Pool): void {
    const { running, waiting, swapped } = serving.queues();
    const names = (ids: readonly number[]) => ids.map((id) => this.#names[id]!);
    const step = Math.floor(atNs / STEP_NS);
    assert(this.#steps[step] === undefined, `two scheduling rounds in step ${step}`);
    this.#steps[step] = {
      tokens: batch === null ? 0 : batch.work.prefillTokens + batch.work.decodeSequences,
      running: this.#isV0 ? this.#listV0(batch, names(running)) : names(running),
      waiting: names(waiting),
      ...(this.#isV0 && { swapped: names(swapped) }),
      ...this.#freeBlocks(pool),
      preempted: this.#preempted,
      finished: [],
    };
    this.#admitted = [];
    this.#preempted = [];
  }

  /** What step `step` decided; in one that nothing happened in, what was so before. */
  seen(step: number): Row {
    const own = this.#steps[step];
    if (own !== undefined) return { ...own };
    const before = this.#steps.slice(0, step).findLast((other) => other !== undefined);
    assert(before === undefined || before.running.length === 0, `step ${step} was left out`);
    return { ...(before ?? this.#nobody), preempted: [], finished: [] };
  }

  /** vLLM V0 sorts its list by arrival only when it decodes; after prompts, those admitted stand at its end. */
  #listV0(batch: Batch | null, sorted: readonly string[]): readonly string[] {
    if (batch === null || batch.work.prefillTokens === 0) return sorted;
    const last = this.#steps.at(-1);
    const kept = (last?.running ?? []).filter((name) => !last!.finished.includes(name));
    return [...kept, ...this.#admitted];
  }

  #freeBlocks(pool: Pool): Row {
    const free = pool.usage.free / this.#blockSize;
    if (!this.#isV0) return { free };
    return { freeGpu: free, freeCpu: pool.inspect().cpu?.free.length ?? 0 };
  }
}

/** One step as the recordings write it. */
interface Step extends Row {
  readonly running: readonly string[];
  readonly finished: string[];
}

/** Recordings leave out queues and free blocks that are what they were, and lists of nothing. */
function filledRows(rows: readonly Row[]): Row[] {
  const lasting: Record<string, unknown> = {};
  return rows.map((row) => {
    for (const field of ["running", "waiting", "swapped", "free", "freeGpu", "freeCpu"])
      if (field in row) lasting[field] = row[field];
    return {
      step: row["step"],
      tokens: tokensOf(row),
      ...lasting,
      preempted: row["preempted"] ?? [],
      finished: row["finished"] ?? [],
    };
  });
}

/** V1's recordings list them by request. */
function tokensOf({ tokens, sched = [] }: Row): unknown {
  const list = sched as readonly (readonly [string, number])[];
  return tokens ?? list.reduce((sum, [, count]) => sum + count, 0);
}

/** The totals that both a recording's summary and the result have. */
function compareTotals(replay: Replay, { summary }: Recording, result: RunResult): Replay {
  const stats = (summary?.["prefixStats"] ?? {}) as Row;
  const { preemption, sharing } = result;
  const pairs: [field: string, expected: unknown, actual: unknown][] = [
    ["preemptions", summary?.["preemptions"], preemption.count],
    ["swapOutBlocks", summary?.["swapOutBlocks"], preemption.swappedOutBlocks],
    ["swapInBlocks", summary?.["swapInBlocks"], preemption.swappedInBlocks],
    ["evictions", summary?.["evictions"], sharing.evictedBlocks ?? 0],
    ["queries", stats["queries"], sharing.prefixLookupTokens ?? 0],
    ["hits", stats["hits"], sharing.prefixHitTokens ?? 0],
  ];
  const wrong = pairs.find(([, expected, actual]) => expected !== undefined && expected !== actual);
  if (wrong === undefined) return replay;
  const [field, expected, actual] = wrong;
  return { ...replay, difference: { row: replay.rows, field, expected, actual } };
}
