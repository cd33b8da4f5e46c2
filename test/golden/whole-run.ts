import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Config, SetupConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { assert } from "../../src/core/assert.ts";
import { exactRatio } from "../../src/core/exact-ratio.ts";
import { SPACE } from "../../src/metrics/space-columns.ts";
import type { RunResult } from "../../src/result.ts";
import { simulate } from "../../src/simulate.ts";
import { loadWorkload } from "../../src/workload/index.ts";
import { type Instant, WatchedRun } from "../engine/watched-run.ts";
import { stepTime } from "../oracle/step-time.ts";
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
async function serve(input: WholeRunInput, steps: WatchedSteps): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "kvsim-whole-run-"));
  try {
    const workload = { trace: { file: "trace.jsonl", format: "generic" } };
    const trace = input.trace.map((row) => `${JSON.stringify(row)}\n`).join("");
    writeFileSync(join(folder, "trace.jsonl"), trace);
    writeFileSync(join(folder, "run.yaml"), JSON.stringify({ ...input.config, workload }));
    const config = loadConfig(join(folder, "run.yaml"), { set: [] });
    const [result] = await simulate(config, { paranoid: true });
    const [setup] = config.setups;
    await watch(config, setup!, steps, result!);
    return result!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Serves the same again an iteration at a time; decisions, their times and what is measured must be the same. */
async function watch(
  config: Config,
  setup: SetupConfig,
  steps: WatchedSteps,
  { requests, preemption, simulated, concurrency, memory, fingerprint }: RunResult,
): Promise<void> {
  const run = new WatchedRun({
    ...{ setup, config, stream: (await loadWorkload(config)).open(config.seeds[0]!) },
    price: (work) => stepTime(setup.latency, work),
  });
  for (const instant of run.instants()) steps.see(instant, run);
  const { space, ticks, print } = run.end();
  const { arrived, admitted, finished, rejected, failed, ...counts } = run.figures();
  const all = BigInt(memory.slots) * ticks;
  const share = (part: bigint) => exactRatio(part, all) ?? 0;
  const seen = {
    requests: { arrived, admitted, finished, rejected, failed },
    preempted: [counts.preemptions, counts.requestsPreempted, counts.recomputedTokens],
    swapped: [counts.swappedOutBlocks, counts.swappedInBlocks],
    simulated: [counts.iterations, counts.decisions, counts.runningPeak],
    share: ticks > 0n && {
      tokenStates: share(space[SPACE.tokenStates]!),
      reserved: share(space[SPACE.useful]! - space[SPACE.tokenStates]!),
      internal: share(space[SPACE.internal]!),
      rounding: share(space[SPACE.rounding]!),
      external: share(space[SPACE.external]!),
      remainder: share(space[SPACE.remainder]!),
      idle: share(space[SPACE.idle]!),
    },
    print,
  };
  const { unfinished, ...ended } = requests;
  const expected = {
    requests: ended,
    preempted: [preemption.count, preemption.requestsPreempted, preemption.recomputedTokens],
    swapped: [preemption.swappedOutBlocks, preemption.swappedInBlocks],
    simulated: [simulated.iterations, simulated.decisions, concurrency.runningPeak],
    share: memory.share ?? false,
    print: fingerprint,
  };
  assert(isDeepStrictEqual(seen, expected), "watching a run step by step changes its result");
}

/** What the steps of a run decided, as the recordings write it. */
class WatchedSteps {
  readonly #names: readonly string[];
  readonly #isV0: boolean;
  readonly #blockSize: number;
  readonly #steps: Step[] = [];
  /** What a step is before the first request has come. */
  readonly #nobody: Step;

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

  /** Takes in what happened at an instant. */
  see(instant: Instant, run: WatchedRun): void {
    const names = (ids: readonly number[]) => ids.map((id) => this.#names[id]!);
    this.#steps.at(-1)?.finished.push(...names(instant.finished));
    if (!instant.isDecision) return;
    const { queues, preempted, runs } = instant;
    const step = Math.floor(instant.nowNs / STEP_NS);
    assert(this.#steps[step] === undefined, `two scheduling rounds in step ${step}`);
    const running = [...queues.running, ...queues.prefills];
    this.#steps[step] = {
      tokens: runs ? run.batchTokens : 0,
      running: this.#isV0 ? this.#listV0(instant, run) : names(running),
      waiting: names(queues.waiting),
      ...(this.#isV0 && { swapped: names(queues.swapped) }),
      ...this.#freeBlocks(run),
      preempted: preempted.map(([id, what]) => [this.#names[id]!, what]),
      finished: [],
    };
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
  #listV0({ runs, queues }: Instant, run: WatchedRun): readonly string[] {
    const names = (ids: readonly number[]) => ids.map((id) => this.#names[id]!);
    if (!runs || run.prefillTokens === 0) return names([...queues.running, ...queues.prefills]);
    const last = this.#steps.at(-1);
    const kept = (last?.running ?? []).filter((name) => !last!.finished.includes(name));
    return [...kept, ...names(queues.prefills)];
  }

  #freeBlocks(run: WatchedRun): Row {
    const free = run.freeSlots / this.#blockSize;
    return this.#isV0 ? { freeGpu: free, freeCpu: run.freeCpuBlocks } : { free };
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
