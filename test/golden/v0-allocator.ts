import type { SequenceId } from "../../src/request.ts";
import {
  BlockManager,
  type PoolGroup,
  type Pools,
  type Refusal,
  type Transfer,
} from "../engine/pool.ts";
import { digest, type Recording, type Replay, type Row, replayRows } from "./replay.ts";
import { pools } from "./scheduler-replay.ts";

interface V0Config {
  readonly blockSize: number;
  readonly numGpuBlocks: number;
  readonly numCpuBlocks: number;
  readonly watermark: number;
  readonly slidingWindow: number | null;
}

/** The paged allocator of `kvsim run`, in a pool of the recording's size. */
export function pagedAllocator(where: Pools, config: V0Config): BlockManager {
  const { blockSize, numGpuBlocks, numCpuBlocks, watermark, slidingWindow } = config;
  return new BlockManager(where, {
    blockSize,
    gpuBlocks: numGpuBlocks,
    cpuBlocks: numCpuBlocks,
    watermark,
    windowBlocks: slidingWindow === null ? null : Math.ceil(slidingWindow / blockSize),
  });
}

/** The whole block manager as the recordings' state text. */
export function stateText(allocator: BlockManager, sequences: Iterable<SequenceId>): string {
  const held = [...sequences]
    .filter((sequence) => allocator.place(sequence) !== "nowhere")
    .sort((a, b) => a - b)
    .map((sequence) => {
      const place = allocator.place(sequence) === "gpu" ? "G" : "C";
      return `${sequence}@${place}:${allocator.table(sequence).join(",")};`;
    });
  const [gpu, cpu] = [allocator.freeBlocks("gpu"), allocator.freeBlocks("cpu")];
  return `${held.join("")}|G:${gpu.join(",")}|C:${cpu.join(",")}`;
}

const OUT_OF_MEMORY = "ValueError: Out of memory! No free blocks are available.";

/** Replays a `v0-allocator` recording on the paged allocator. */
export function replayV0Allocator(recording: Recording): Replay {
  return pools.withMemory(() => {
    const player = new V0AllocatorPlayer(recording);
    return replayRows(recording.ops ?? [], (row) => player.play(row), { res: null });
  });
}

class V0AllocatorPlayer {
  readonly #allocator: BlockManager;
  /** v0.6.1 answers OK, LATER or NEVER where v0.2.0 says true or false. */
  readonly #answersInWords: boolean;
  readonly #groups = new Map<number, PoolGroup>();
  readonly #groupOf = new Map<SequenceId, PoolGroup>();

  constructor(recording: Recording) {
    this.#allocator = pagedAllocator(pools, recording.config as unknown as V0Config);
    this.#answersInWords = recording.id.startsWith("v0late");
  }

  play(row: Row): Row {
    const allocator = this.#allocator;
    const seen: Record<string, unknown> = this.#perform(row);
    if (row["tables"] !== undefined)
      seen["tables"] = Object.fromEntries(
        Object.keys(row["tables"] as object).map((sequence) => [
          sequence,
          allocator.table(Number(sequence)),
        ]),
      );
    seen["freeGpu"] = allocator.freeCount("gpu");
    seen["freeCpu"] = allocator.freeCount("cpu");
    seen["state"] = digest(stateText(allocator, this.#groupOf.keys()));
    return seen;
  }

  #perform(row: Row): Record<string, unknown> {
    const allocator = this.#allocator;
    const group = this.#groups.get(row["group"] as number)!;
    const sequence = row["seq"] as SequenceId;
    switch (row["op"]) {
      case "new_group":
        return this.#newGroup(row);
      case "can_allocate": {
        const answer = pools.supposing(() => allocator.admit(group));
        return { res: this.#answer(answer, allocator.wouldNever(group) !== null) };
      }
      case "allocate":
        return this.#allocate(group);
      case "can_append_slot":
        return { res: this.#mayGrow(group) };
      case "append":
        return this.#append(sequence, row["len"] as number);
      case "fork":
        return this.#fork(row["parent"] as SequenceId, row["child"] as SequenceId);
      case "free":
      case "drop":
        return this.#free(sequence);
      case "can_swap_out":
        return { res: pools.supposing(() => allocator.swapOut(group)).granted };
      case "can_swap_in": {
        const answer = pools.supposing(() => allocator.swapIn(group));
        return { res: this.#answer(answer, !answer.granted && answer.need > answer.pool) };
      }
      case "swap_out":
        return swapped(allocator.swapOut(group));
      case "swap_in":
        return swapped(allocator.swapIn(group));
      case "checkpoint":
        return { full: this.#everything() };
      default:
        throw new Error(`unknown operation ${row["op"]}`);
    }
  }

  #newGroup(row: Row): Record<string, unknown> {
    const sequences = row["seqs"] as number[];
    const outputs = sequences.map(() => 1);
    const id = row["group"] as number;
    const group = pools.newGroup(id, row["promptLen"] as number, outputs, sequences);
    this.#groups.set(id, group);
    for (const sequence of sequences) this.#groupOf.set(sequence, group);
    return {};
  }

  #allocate({ sequences, promptTokens }: PoolGroup): Record<string, unknown> {
    const [first, ...siblings] = sequences;
    this.#allocator.open(first!, promptTokens);
    for (const sibling of siblings) this.#allocator.forkTable(first!, sibling, false);
    return { res: null };
  }

  #append(sequence: SequenceId, length: number): Record<string, unknown> {
    try {
      return { res: this.#allocator.append(sequence, length) };
    } catch {
      return { error: OUT_OF_MEMORY };
    }
  }

  #fork(parent: SequenceId, child: SequenceId): Record<string, unknown> {
    const group = this.#groupOf.get(parent)!;
    // v0.2.0 counts a block that a window goes round in once for each of its entries.
    this.#allocator.forkTable(parent, child, !this.#answersInWords);
    group.setSequences([...group.sequences, child]);
    this.#groupOf.set(child, group);
    return { res: null };
  }

  #free(sequence: SequenceId): Record<string, unknown> {
    const group = this.#groupOf.get(sequence)!;
    const allocator = this.#allocator;
    if (allocator.place(sequence) !== "nowhere")
      allocator.releaseTable(sequence, this.#answersInWords);
    group.setSequences(group.sequences.filter((other) => other !== sequence));
    return { res: null };
  }

  /** Whether those may write that are neither waiting nor swapped out. */
  #mayGrow(group: PoolGroup): boolean {
    const allocator = this.#allocator;
    const running = group.sequences.filter((sequence) => allocator.place(sequence) === "gpu");
    return pools.supposing(() => {
      group.setSequences(running);
      return allocator.grow(group, 1).granted;
    });
  }

  #answer(answer: { readonly granted: boolean }, never: boolean): boolean | string {
    if (!this.#answersInWords) return answer.granted;
    return answer.granted ? "OK" : never ? "NEVER" : "LATER";
  }

  #everything(): unknown {
    const allocator = this.#allocator;
    const held = [...this.#groupOf.keys()]
      .filter((sequence) => allocator.place(sequence) !== "nowhere")
      .sort((a, b) => a - b);
    return {
      tables: Object.fromEntries(
        held.map((sequence) => [
          sequence,
          {
            dev: allocator.place(sequence) === "gpu" ? "G" : "C",
            blocks: allocator.table(sequence),
          },
        ]),
      ),
      refCounts: {
        ...counted("G", allocator.owners("gpu")),
        ...counted("C", allocator.owners("cpu")),
      },
      freeGpuStack: allocator.freeBlocks("gpu"),
      freeCpuStack: allocator.freeBlocks("cpu"),
    };
  }
}

function swapped(answer: Transfer | Refusal): Record<string, unknown> {
  return answer.granted ? { res: [...answer.moves] } : { error: "refused" };
}

function counted(pool: "G" | "C", references: readonly number[]): Record<string, number> {
  const entries = [...references.entries()].filter(([, owners]) => owners > 0);
  return Object.fromEntries(entries.map(([block, owners]) => [`${pool}${block}`, owners]));
}
