import { isDeepStrictEqual } from "node:util";
import type { SequenceId } from "../../src/request.ts";
import { BlockManager } from "../engine/pool.ts";
import { type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import { pools, type RecordedArrival, SteppedScheduler } from "./scheduler-replay.ts";

interface OrcaConfig {
  readonly policy: "orca-max" | "static";
  readonly blockSize: number;
  readonly numGpuBlocks: number;
  readonly maxModelLen: number;
  readonly maxNumSeqs: number;
}

/** Replays an `orca-scheduler` recording on the orca and static policies over reserved blocks. */
export function replayOrcaScheduler(recording: Recording): Replay {
  return pools.withMemory(() => {
    const player = new OrcaPlayer(recording.config as unknown as OrcaConfig);
    const nothing = { ignored: [], finished: [] };
    return replayRows(recording.steps ?? [], (row) => player.play(row), nothing);
  });
}

class OrcaPlayer {
  readonly #manager: BlockManager;
  readonly #scheduler: SteppedScheduler;
  /** Sequences that ended in the step. */
  readonly #ended = new Set<SequenceId>();
  #arrivals = 0;

  constructor({ policy, blockSize, numGpuBlocks, maxModelLen, maxNumSeqs }: OrcaConfig) {
    this.#manager = new BlockManager(pools, {
      ...{ blockSize, gpuBlocks: numGpuBlocks, cpuBlocks: 0, watermark: 0, windowBlocks: null },
      reservedTokens: maxModelLen,
    });
    this.#scheduler = new SteppedScheduler(
      this.#manager,
      policy === "static" ? "static" : "orca",
      { maxRunning: maxNumSeqs, maxBatchedTokens: null, maxPromptTokens: maxModelLen },
      {
        releases: (sequence) => {
          this.#ended.add(sequence);
          return false;
        },
        copied() {},
        moved() {},
      },
    );
  }

  play(row: Row): Row {
    const scheduler = this.#scheduler;
    for (const arrival of (row["arrivals"] ?? []) as RecordedArrival[])
      scheduler.arrive(arrival, [this.#arrivals++]);
    const decoding = scheduler.running();
    scheduler.schedule();
    const prefills = scheduler.prefills();
    const seen = {
      sched: [...prefills, ...decoding],
      waiting: scheduler.waiting(),
      running: [...decoding, ...prefills],
      free: this.#manager.freeCount("gpu"),
      kvTokens: scheduler.contextTokens + scheduler.runningSequences + scheduler.prefillTokens,
      tables: this.#runs(row),
      ignored: scheduler.ignored(),
    };
    const sequences = seen.running.map((name) => this.#sequence(name));
    scheduler.complete();
    this.#release(sequences);
    return { ...seen, finished: asListed(row["finished"], scheduler.finished()) };
  }

  /** Blocks come back in the order of the running list, in which prompts stand behind decodes. */
  #release(sequences: readonly SequenceId[]): void {
    for (const sequence of sequences)
      if (this.#ended.has(sequence)) this.#manager.releaseTable(sequence);
    this.#ended.clear();
  }

  /** The recorded requests' tables as runs of neighbouring block ids, up or down. */
  #runs(row: Row): Record<string, [number, number][]> {
    const runs: Record<string, [number, number][]> = {};
    for (const name of Object.keys((row["tables"] ?? {}) as object))
      runs[name] = runsOf(this.#manager.table(this.#sequence(name)));
    return runs;
  }

  /** The only sequence of a request. */
  #sequence(name: string): SequenceId {
    return this.#scheduler.groups.get(name)!.sequences[0]!;
  }
}

/** Who ended with its prompt and who ended decoding may be listed either way round. */
function asListed(recorded: unknown, finished: readonly string[]): unknown {
  const names = (recorded ?? []) as readonly string[];
  return isDeepStrictEqual(names.toSorted(), finished.toSorted()) ? names : finished;
}

function runsOf(blocks: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const block of blocks) {
    const last = runs.at(-1);
    const direction = last === undefined ? 0 : Math.sign(last[1] - last[0]) || block - last[1];
    if (last !== undefined && Math.abs(direction) === 1 && block === last[1] + direction)
      last[1] = block;
    else runs.push([block, block]);
  }
  return runs;
}
