import type { Refusal } from "../../src/allocators/allocator.ts";
import { PagedAllocator } from "../../src/allocators/paged-allocator.ts";
import { Digest } from "../../src/core/digest.ts";
import { SequenceGroup, type SequenceId } from "../../src/request.ts";
import { digest, type Recording, type Replay, type Row, replayRows } from "./replay.ts";

interface V0Config {
  readonly blockSize: number;
  readonly numGpuBlocks: number;
  readonly numCpuBlocks: number;
  readonly watermark: number;
  readonly slidingWindow: number | null;
}

/** The paged allocator of `kvsim run`, in a pool of the recording's size. */
export function pagedAllocator(config: V0Config): PagedAllocator {
  const { blockSize, watermark, slidingWindow } = config;
  const windowBlocks = Math.ceil((slidingWindow ?? Number.POSITIVE_INFINITY) / blockSize);
  return new PagedAllocator(
    { blockSize, watermark, reserve: "none", windowBlocks },
    {
      slots: config.numGpuBlocks * blockSize,
      swapSlots: config.numCpuBlocks * blockSize,
      maxModelLen: Number.MAX_SAFE_INTEGER,
      placements: new Digest(),
    },
  );
}

/** The whole block manager as the recordings' state text. */
export function stateText({ tables }: PagedAllocator, sequences: Iterable<SequenceId>): string {
  const held = [...sequences]
    .filter((sequence) => tables.place(sequence) !== "nowhere")
    .sort((a, b) => a - b)
    .map((sequence) => {
      const place = tables.place(sequence) === "gpu" ? "G" : "C";
      return `${sequence}@${place}:${tables.table(sequence).join(",")};`;
    });
  return `${held.join("")}|G:${tables.gpu.freeBlocks().join(",")}|C:${tables.cpu.freeBlocks().join(",")}`;
}

const OUT_OF_MEMORY = "ValueError: Out of memory! No free blocks are available.";

/** Replays a `v0-allocator` recording on the paged allocator. */
export function replayV0Allocator(recording: Recording): Replay {
  const player = new V0AllocatorPlayer(recording);
  return replayRows(recording.ops ?? [], (row) => player.play(row), { res: null });
}

class V0AllocatorPlayer {
  readonly #allocator: PagedAllocator;
  /** v0.6.1 answers OK, LATER or NEVER where v0.2.0 says true or false. */
  readonly #answersInWords: boolean;
  readonly #groups = new Map<number, SequenceGroup>();
  readonly #groupOf = new Map<SequenceId, SequenceGroup>();

  constructor(recording: Recording) {
    this.#allocator = pagedAllocator(recording.config as unknown as V0Config);
    this.#answersInWords = recording.id.startsWith("v0late");
  }

  play(row: Row): Row {
    const { tables } = this.#allocator;
    const seen: Record<string, unknown> = this.#perform(row);
    if (row["tables"] !== undefined)
      seen["tables"] = Object.fromEntries(
        Object.keys(row["tables"] as object).map((sequence) => [
          sequence,
          tables.table(Number(sequence)),
        ]),
      );
    seen["freeGpu"] = tables.gpu.freeCount;
    seen["freeCpu"] = tables.cpu.freeCount;
    seen["state"] = digest(stateText(this.#allocator, this.#groupOf.keys()));
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
        const refusal = allocator.admissionRefusal(group, askOf(group));
        const never = allocator.wouldNever(group, askOf(group)) !== null;
        return { res: this.#answer(refusal, never) };
      }
      case "allocate":
        allocator.tables.open(group.sequences[0]!, allocator.tables.entriesFor(group.promptTokens));
        for (const sibling of group.sequences.slice(1))
          allocator.tables.fork(group.sequences[0]!, sibling);
        return { res: null };
      case "can_append_slot":
        return { res: allocator.growthRefusal(this.#running(group)) === null };
      case "append":
        return this.#append(sequence, row["len"] as number);
      case "fork":
        return this.#fork(row["parent"] as SequenceId, row["child"] as SequenceId);
      case "free":
      case "drop":
        return this.#free(sequence);
      case "can_swap_out":
        return { res: allocator.swapOutRefusal(group) === null };
      case "can_swap_in": {
        const refusal = allocator.swapInRefusal(group);
        return { res: this.#answer(refusal, refusal !== null && refusal.need > refusal.pool) };
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
    const group = new SequenceGroup({
      id: row["group"] as number,
      arrivalNs: 0,
      promptTokens: row["promptLen"] as number,
      outputTokens: [1],
      priority: 0,
      content: null,
      outputContent: null,
      user: null,
    });
    group.sequences = row["seqs"] as number[];
    this.#groups.set(group.id, group);
    for (const sequence of group.sequences) this.#groupOf.set(sequence, group);
    return {};
  }

  #append(sequence: SequenceId, length: number): Record<string, unknown> {
    try {
      const copy = this.#allocator.tables.append(sequence, length);
      return { res: copy === null ? null : [copy.from, copy.to] };
    } catch {
      return { error: OUT_OF_MEMORY };
    }
  }

  #fork(parent: SequenceId, child: SequenceId): Record<string, unknown> {
    const group = this.#groupOf.get(parent)!;
    // v0.2.0 counts a block that a window goes round in once for each of its entries.
    this.#allocator.tables.fork(parent, child, !this.#answersInWords);
    group.sequences = [...group.sequences, child];
    this.#groupOf.set(child, group);
    return { res: null };
  }

  #free(sequence: SequenceId): Record<string, unknown> {
    const group = this.#groupOf.get(sequence)!;
    const { tables } = this.#allocator;
    if (tables.place(sequence) !== "nowhere") tables.release(sequence, this.#answersInWords);
    group.sequences = group.sequences.filter((other) => other !== sequence);
    return { res: null };
  }

  /** Sequences that are neither waiting nor swapped out: only they write. */
  #running({ sequences }: SequenceGroup): number {
    return sequences.filter((sequence) => this.#allocator.tables.place(sequence) === "gpu").length;
  }

  #answer(refusal: Refusal | null, never: boolean): boolean | string {
    if (!this.#answersInWords) return refusal === null;
    return refusal === null ? "OK" : never ? "NEVER" : "LATER";
  }

  #everything(): unknown {
    const { tables } = this.#allocator;
    const held = [...this.#groupOf.keys()]
      .filter((sequence) => tables.place(sequence) !== "nowhere")
      .sort((a, b) => a - b);
    return {
      tables: Object.fromEntries(
        held.map((sequence) => [
          sequence,
          { dev: tables.place(sequence) === "gpu" ? "G" : "C", blocks: tables.table(sequence) },
        ]),
      ),
      refCounts: {
        ...counted("G", tables.gpu.referenceCounts()),
        ...counted("C", tables.cpu.referenceCounts()),
      },
      freeGpuStack: tables.gpu.freeBlocks(),
      freeCpuStack: tables.cpu.freeBlocks(),
    };
  }
}

function askOf(group: SequenceGroup) {
  return {
    promptTokens: group.promptTokens,
    generatedTokens: 0,
    sequences: 1,
    reservations: null,
  };
}

function swapped(answer: ReturnType<PagedAllocator["swapOut"]>): Record<string, unknown> {
  return answer.granted ? { res: [...answer.moves] } : { error: "refused" };
}

function counted(pool: "G" | "C", references: Int32Array): Record<string, number> {
  const entries = [...references.entries()].filter(([, owners]) => owners > 0);
  return Object.fromEntries(entries.map(([block, owners]) => [`${pool}${block}`, owners]));
}
