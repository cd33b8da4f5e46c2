import { isDeepStrictEqual } from "node:util";
import { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import { Digest } from "../../src/core/digest.ts";
import type { SequenceGroup, SequenceId } from "../../src/request.ts";
import { completeIterations } from "../../src/scheduler/completion.ts";
import { orca, staticBatching } from "../../src/scheduler/orca.ts";
import { type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import { type RecordedArrival, SteppedScheduler } from "./scheduler-replay.ts";

interface OrcaConfig {
  readonly policy: "orca-max" | "static";
  readonly blockSize: number;
  readonly numGpuBlocks: number;
  readonly maxModelLen: number;
  readonly maxNumSeqs: number;
}

/** Replays an `orca-scheduler` recording on the orca and static policies over reserved blocks. */
export function replayOrcaScheduler(recording: Recording): Replay {
  const player = new OrcaPlayer(recording.config as unknown as OrcaConfig);
  return replayRows(recording.steps ?? [], (row) => player.play(row), {
    ignored: [],
    finished: [],
  });
}

class OrcaPlayer {
  readonly #allocator: PagedAllocator;
  readonly #scheduler: SteppedScheduler;
  /** Sequences that ended in the step. */
  readonly #ended = new Set<SequenceId>();

  constructor({ policy, blockSize, numGpuBlocks, maxModelLen, maxNumSeqs }: OrcaConfig) {
    const windowBlocks = Number.POSITIVE_INFINITY;
    this.#allocator = new PagedAllocator(
      { blockSize, watermark: 0, reserve: "max", windowBlocks },
      { slots: numGpuBlocks * blockSize, swapSlots: 0, maxModelLen, placements: new Digest() },
    );
    this.#scheduler = new SteppedScheduler(
      this.#allocator,
      policy === "static" ? staticBatching : orca,
      {
        maxRunning: maxNumSeqs,
        maxBatchedTokens: Number.POSITIVE_INFINITY,
        maxPromptTokens: maxModelLen,
        reservesTokens: maxModelLen,
      },
    );
    this.#allocator.release = (sequence) => this.#ended.add(sequence);
  }

  play(row: Row): Row {
    const scheduler = this.#scheduler;
    for (const arrival of (row["arrivals"] ?? []) as RecordedArrival[]) scheduler.arrive(arrival);
    const decoding = scheduler.running();
    const round = scheduler.schedule();
    const names = (groups: readonly SequenceGroup[]) => groups.map((g) => scheduler.nameOf(g));
    const { running } = scheduler.state;
    const seen = {
      sched: names([...round.prefills, ...decoding]),
      waiting: scheduler.waiting(),
      running: names([...decoding, ...round.prefills]),
      free: this.#allocator.tables.gpu.freeCount,
      kvTokens:
        running.contextTokens +
        running.sequences +
        round.prefills.reduce((sum, group) => sum + group.promptTokens, 0),
      tables: this.#runs(row),
      ignored: scheduler.ignored(),
    };
    const inOrder = [...decoding, ...round.prefills];
    const sequences = inOrder.map((group) => group.sequences[0]!);
    completeIterations(scheduler.state, round, 1, 0);
    this.#release(sequences);
    return { ...seen, finished: asListed(row["finished"], scheduler.finished()) };
  }

  /** Blocks come back in the order of the running list, in which prompts stand behind decodes. */
  #release(sequences: readonly SequenceId[]): void {
    for (const sequence of sequences)
      if (this.#ended.has(sequence)) this.#allocator.tables.release(sequence);
    this.#ended.clear();
  }

  /** The recorded requests' tables as runs of neighbouring block ids, up or down. */
  #runs(row: Row): Record<string, [number, number][]> {
    const runs: Record<string, [number, number][]> = {};
    for (const name of Object.keys((row["tables"] ?? {}) as object))
      runs[name] = runsOf(
        this.#allocator.tables.table(this.#scheduler.groups.get(name)!.sequences[0]!),
      );
    return runs;
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
