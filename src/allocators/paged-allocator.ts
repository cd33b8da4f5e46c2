import type { SequenceGroup, SequenceId, Slots, Tokens } from "../request.ts";
import type {
  Admission,
  Allocator,
  Grant,
  Layout,
  PoolUsage,
  Refusal,
  SequenceHolding,
  Swapping,
  Transfer,
} from "./allocator.ts";
import type { BlockPool } from "./block-pool.ts";
import { BlockTables } from "./block-tables.ts";
import type { PoolEnvironment } from "./definition.ts";
import { PoolColumns } from "./layout.ts";

/** Options of the paged allocator. */
export interface PagedOptions {
  readonly blockSize: Slots;
  readonly watermark: number;
  readonly reserve: "none" | "max";
  /** Blocks of a sliding window; Infinity without one. */
  readonly windowBlocks: number;
}

/**
 * vLLM V0's block manager (v0.2.0): fixed-size blocks through block tables, shared with reference counts, copied when a shared block
 * is written, swapped to a bounded CPU pool (Kwon et al., SOSP'23, §4).
 */
export class PagedAllocator implements Allocator, Swapping {
  readonly blockSlots: Slots;
  readonly growthSlots: Slots;
  readonly tables: BlockTables;
  private readonly gpu: BlockPool;
  private readonly slots: Slots;
  private readonly unusable: Slots;
  private readonly watermarkBlocks: number;
  /** Tokens every sequence may write because their blocks were reserved at admission; 0 when it grows on demand. */
  private readonly reservedTokens: Tokens;
  /** Leading slots that a sequence which has ever shared blocks has in common with its siblings. */
  readonly #shared: Slots[] = [];
  readonly #gpuColumns = new PoolColumns();
  readonly #cpuColumns = new PoolColumns();

  constructor(options: PagedOptions, environment: PoolEnvironment) {
    const { blockSize, watermark, reserve, windowBlocks } = options;
    const { slots, swapSlots, maxModelLen, placements } = environment;
    const gpuBlocks = Math.floor(slots / blockSize);
    const cpuBlocks = Math.floor(swapSlots / blockSize);
    this.blockSlots = blockSize;
    this.tables = new BlockTables({
      blockSlots: blockSize,
      gpuBlocks,
      cpuBlocks,
      windowBlocks,
      placements,
    });
    this.gpu = this.tables.gpu;
    this.slots = slots;
    this.unusable = slots - gpuBlocks * blockSize;
    this.watermarkBlocks = Math.trunc(watermark * gpuBlocks);
    this.reservedTokens = reserve === "max" ? maxModelLen : 0;
    this.growthSlots = reserve === "max" ? 0 : blockSize;
  }

  get usage(): PoolUsage {
    const free = this.gpu.freeCount * this.blockSlots;
    const held = this.slots - this.unusable - free;
    return { slots: this.slots, free, held, unusable: this.unusable, largestHole: free };
  }

  admit(group: SequenceGroup, ask: Admission): Grant | Refusal {
    const entries = this.#entriesToAdmit(ask);
    const refusal = this.#shortOf(this.#blocksToAdmit(group, ask, entries));
    if (refusal !== null) return refusal;
    const first = group.sequences[0]!;
    this.tables.open(first, entries);
    if (group.sequences.length > 1) this.#openFurther(group, ask, entries);
    return this.#grant(entries, 0);
  }

  /** Why the group cannot be admitted now; null if it can. */
  admissionRefusal(group: SequenceGroup, ask: Admission): Refusal | null {
    return this.#shortOf(this.#blocksToAdmit(group, ask, this.#entriesToAdmit(ask)));
  }

  grow(group: SequenceGroup, tokens: Tokens): Grant | Refusal {
    const first = group.sequences[0]!;
    if (tokens <= this.reservedTokens) return this.#grant(this.tables.entries(first), 0);
    const refusal = this.growthRefusal(group.sequences.length);
    if (refusal !== null) return refusal;
    const writtenWholeBlocks = Math.floor((tokens - 1) / this.blockSlots) * this.blockSlots;
    let copies = 0;
    for (const sequence of group.sequences) {
      if (this.tables.append(sequence, tokens) !== null) copies += 1;
      this.#shared[sequence] = Math.min(this.#sharedSlots(sequence), writtenWholeBlocks);
    }
    return this.#grant(this.tables.entries(first), copies * this.blockSlots);
  }

  /** V0's bound: a free block for each sequence that writes, whether or not it needs one. */
  growthRefusal(live: number): Refusal | null {
    return live > this.gpu.freeCount ? this.#refusal("total", live) : null;
  }

  fork(group: SequenceGroup, tokens: Tokens): Grant {
    const [parent, ...children] = group.sequences;
    const entries = this.tables.entries(parent!);
    if (this.reservedTokens > 0) return this.#grant(entries, children.length * tokens);
    for (const child of children) this.tables.fork(parent!, child);
    const shared = entries * this.blockSlots;
    for (const sequence of group.sequences) this.#shared[sequence] = shared;
    return { granted: true, cachedTokens: 0, copiedTokens: 0, roomTokens: tokens };
  }

  release(sequence: SequenceId): void {
    this.tables.release(sequence);
  }

  wouldNever(group: SequenceGroup, ask: Admission): Refusal | null {
    return this.#never(this.#blocksToAdmit(group, ask, this.#entriesToAdmit(ask)));
  }

  extend(sequences: Int32Array, runs: Int32Array, from: number, until: number): void {
    this.tables.extend(sequences, runs, from, until);
  }

  get freeSlots(): Slots {
    return this.gpu.freeCount * this.blockSlots;
  }

  holding(sequence: SequenceId): SequenceHolding | null {
    if (this.tables.place(sequence) !== "gpu") return null;
    const held = this.tables.entries(sequence) * this.blockSlots;
    return { held, asked: held, shared: this.#sharedSlots(sequence) };
  }

  swapOut(group: SequenceGroup): Transfer | Refusal {
    return this.swapOutRefusal(group) ?? this.#move(group, "cpu");
  }

  /** Why the group's blocks do not fit into the CPU pool; null if they do. */
  swapOutRefusal({ sequences }: SequenceGroup): Refusal | null {
    const { cpu } = this.tables;
    const need = this.tables.distinctBlocks(sequences);
    return need > cpu.freeCount ? this.#refusal("total", need, cpu) : null;
  }

  swapIn(group: SequenceGroup): Transfer | Refusal {
    return this.swapInRefusal(group) ?? this.#move(group, "gpu");
  }

  /** Why the group cannot come back now; null if it can. */
  swapInRefusal(group: SequenceGroup): Refusal | null {
    return this.#shortOf(this.#blocksToReturn(group));
  }

  wouldNeverReturn(group: SequenceGroup): Refusal | null {
    return this.#never(this.#blocksToReturn(group));
  }

  inspect(): Layout {
    const { gpu, cpu } = this.tables;
    const { cells, tables, free } = this.tables.describe("gpu", this.#gpuColumns);
    return {
      cellSlots: this.blockSlots,
      cells,
      tables,
      free,
      referenceCounts: gpu.referenceCounts(),
      cpu: cpu.size === 0 ? null : this.tables.describe("cpu", this.#cpuColumns),
    };
  }

  #move({ sequences }: SequenceGroup, place: "gpu" | "cpu"): Transfer {
    const moves = this.tables.move(sequences, place);
    return { granted: true, blocks: moves.size, moves };
  }

  /** Its blocks, and one for the next token of each sequence. */
  #blocksToReturn({ sequences }: SequenceGroup): number {
    return this.tables.distinctBlocks(sequences) + sequences.length;
  }

  /** Entries of each table that is opened at admission. */
  #entriesToAdmit({ promptTokens, generatedTokens }: Admission): number {
    const reserved = this.reservedTokens;
    return this.tables.entriesFor(reserved > 0 ? reserved : promptTokens + generatedTokens);
  }

  #blocksToAdmit(group: SequenceGroup, ask: Admission, entries: number): number {
    const sequences = this.reservedTokens > 0 ? group.width : ask.sequences;
    const each = this.tables.blocksFor(entries);
    if (sequences === 1) return each;
    const common = this.#commonBlocks(ask);
    return common + sequences * (each - common);
  }

  /** Blocks that the sequences of a group which comes back can share: those full of prompt. */
  #commonBlocks({ sequences, promptTokens }: Admission): number {
    if (this.reservedTokens > 0 || sequences === 1) return 0;
    return Math.floor(promptTokens / this.blockSlots);
  }

  /** Opens the tables of the sequences behind the first. */
  #openFurther({ sequences }: SequenceGroup, ask: Admission, entries: number): void {
    const count = this.reservedTokens > 0 ? sequences.length : ask.sequences;
    const common = this.#commonBlocks(ask);
    const first = sequences[0]!;
    this.#shared[first] = common * this.blockSlots;
    for (let index = 1; index < count; index += 1) {
      const sequence = sequences[index]!;
      this.tables.open(sequence, entries, first, common);
      this.#shared[sequence] = common * this.blockSlots;
    }
  }

  #sharedSlots(sequence: SequenceId): Slots {
    return this.tables.hasShared(sequence) ? this.#shared[sequence]! : 0;
  }

  /** Each table has so many entries. */
  #grant(entries: number, copiedTokens: Tokens): Grant {
    const roomTokens = entries * this.blockSlots;
    return { granted: true, cachedTokens: 0, copiedTokens, roomTokens };
  }

  /** Null if `need` blocks can be had and the watermark still be free. */
  #shortOf(need: number): Refusal | null {
    const { freeCount } = this.gpu;
    if (freeCount - need >= this.watermarkBlocks) return null;
    return this.#refusal(need > freeCount ? "total" : "watermark", need);
  }

  #never(need: number): Refusal | null {
    const fits = need + this.watermarkBlocks <= this.gpu.size;
    return fits ? null : this.#refusal("never", need);
  }

  #refusal(reason: Refusal["reason"], needBlocks: number, of: BlockPool = this.gpu): Refusal {
    const need = needBlocks * this.blockSlots;
    const free = of.freeCount * this.blockSlots;
    const pool = of === this.gpu ? this.slots : of.size * this.blockSlots;
    return { granted: false, reason, need, free, largestHole: free, pool };
  }
}
