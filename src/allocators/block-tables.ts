import { fail } from "../core/assert.ts";
import type { Digest } from "../core/digest.ts";
import { inRuns, RUN } from "../core/growth.ts";
import type { SequenceId, Slots, Tokens } from "../request.ts";
import { BlockColumn } from "./block-column.ts";
import { BlockPool } from "./block-pool.ts";
import type { PoolColumns } from "./layout.ts";

const { FROM, BITS } = RUN;

/** A block that was copied because somebody else still needs the original. */
export interface BlockCopy {
  readonly from: number;
  readonly to: number;
}

/** The two pools, in blocks of one size, and what takes in each block that is handed out. */
export interface BlockTablesOptions {
  readonly blockSlots: Slots;
  readonly gpuBlocks: number;
  readonly cpuBlocks: number;
  /** Blocks of a sliding window, whose tables go round in it; Infinity without one. */
  readonly windowBlocks: number;
  readonly placements: Digest;
}

/** Where a sequence's blocks are. */
type Place = "nowhere" | "gpu" | "cpu";

/** Without a window, which no table is as long as. */
const MOST_BLOCKS = 2 ** 31 - 1;

// Marks of a table: where its blocks are, and whether it has ever shared any.
const NOWHERE = 0;
const GPU = 1;
const CPU = 2;
const SHARES = 4;

/**
 * Block tables over a GPU and a CPU pool: the mechanism of vLLM V0's `BlockSpaceManager` (v0.2.0), without its admission rules.
 * Callers make sure that enough blocks are free.
 */
export class BlockTables {
  readonly blockSlots: Slots;
  readonly gpu: BlockPool;
  readonly cpu: BlockPool;
  readonly #windowBlocks: number = MOST_BLOCKS;
  /** The tables by sequence, behind the free stacks of both pools. */
  private readonly column: BlockColumn;

  constructor({ blockSlots, gpuBlocks, cpuBlocks, windowBlocks, placements }: BlockTablesOptions) {
    this.blockSlots = blockSlots;
    this.column = new BlockColumn(gpuBlocks + cpuBlocks);
    this.gpu = new BlockPool(gpuBlocks, this.column, 0, placements);
    this.cpu = new BlockPool(cpuBlocks, this.column, gpuBlocks, placements);
    this.#windowBlocks = Math.min(windowBlocks, MOST_BLOCKS);
  }

  /** Where a sequence's blocks are. */
  place(sequence: SequenceId): Place {
    const mark = this.column.mark(sequence);
    if (mark === NOWHERE) return "nowhere";
    return (mark & GPU) === GPU ? "gpu" : "cpu";
  }

  /** Whether a sequence has ever shared any of its blocks. */
  hasShared(sequence: SequenceId): boolean {
    return (this.column.mark(sequence) & SHARES) === SHARES;
  }

  /** The blocks of a sequence in token order; empty if it has none. O(blocks). */
  table(sequence: SequenceId): readonly number[] {
    return this.column.toArray(sequence);
  }

  /** Length of a sequence's table. */
  entries(sequence: SequenceId): number {
    return this.column.length(sequence);
  }

  /** Entries a table needs for `tokens` tokens. */
  entriesFor(tokens: Tokens): number {
    return Math.ceil(tokens / this.blockSlots);
  }

  /** Blocks that so many entries need, at most a window's. */
  blocksFor(entries: number): number {
    return entries < this.#windowBlocks ? entries : this.#windowBlocks;
  }

  /** Opens a table of `entries` entries, the first `shared` of them those of `sibling`. */
  open(sequence: SequenceId, entries: number, sibling: SequenceId = sequence, shared = 0): void {
    const column = this.column;
    this.#begin(sequence, entries);
    if (shared > 0) this.#share(sibling, sequence, shared);
    const own = entries < this.#windowBlocks ? entries : Math.max(shared, this.#windowBlocks);
    const start = column.start(sequence);
    this.gpu.takeInto(start + shared, start + own);
    column.cells[column.ends + sequence] = start + own;
    for (let entry = own; entry < entries; entry += 1) this.#pushNext(sequence);
  }

  /** One block more, whose last is full, for each sequence of the {@link RUN}s of `sequences` from number `from` on to before `until`. */
  extend(sequences: Int32Array, runs: Int32Array, from: number, until: number): void {
    if (this.#windowBlocks < MOST_BLOCKS) {
      for (const sequence of inRuns(sequences, runs, from, until)) this.#pushNext(sequence);
      return;
    }
    const { gpu } = this;
    let run = gpu.takeForEach(sequences, runs, from, until, 0);
    while (run < until) {
      const sequence = sequences[runs[(run << BITS) | FROM]! + gpu.served]!;
      this.column.reserve(sequence, this.column.room + 1);
      run = gpu.takeForEach(sequences, runs, run, until, gpu.served);
    }
  }

  /** Makes token number `tokens` of a sequence writable, by a new block or by a copy of a shared one; null if neither. */
  append(sequence: SequenceId, tokens: Tokens): BlockCopy | null {
    this.#requireOnGpu(sequence);
    const column = this.column;
    if (column.length(sequence) < this.entriesFor(tokens)) {
      const opensBlock = column.length(sequence) < this.#windowBlocks;
      this.#pushNext(sequence);
      if (opensBlock) return null;
    }
    const last = column.start(sequence) + column.length(sequence) - 1;
    const from = column.cells[last]!;
    if (!this.gpu.isShared(from)) return null;
    const to = this.gpu.take();
    column.cells[last] = to;
    this.gpu.drop(from);
    return { from, to };
  }

  /**
   * The child's table becomes a copy of the parent's, every block shared; behind a full window, where a block comes several times,
   * once (v0.6.1) or with `eachEntry` as often as it comes (v0.2.0).
   */
  fork(parent: SequenceId, child: SequenceId, eachEntry = false): void {
    this.#requireOnGpu(parent);
    const entries = this.entries(parent);
    this.#begin(child, entries);
    this.#share(parent, child, entries, eachEntry);
  }

  /**
   * Gives up a sequence's blocks, wherever they are, each once, in table order: of a table that has gone round its window those of all
   * entries (v0.2.0) or with `lastWindow` those of the last ones (v0.6.1).
   */
  release(sequence: SequenceId, lastWindow = false): void {
    const { cells, rows, ends, marks, tables, stride } = this.column;
    const mark = sequence < rows ? cells[marks + sequence]! : NOWHERE;
    const start = tables + sequence * stride;
    const end = cells[ends + sequence]!;
    if (mark === GPU && end - start <= this.#windowBlocks) this.gpu.dropUnshared(start, end);
    else this.#dropEach(sequence, lastWindow);
    cells[ends + sequence] = start;
    cells[marks + sequence] = NOWHERE;
  }

  /** How many different blocks the sequences hold together. */
  distinctBlocks(sequences: readonly SequenceId[]): number {
    const blocks = new Set<number>();
    for (const sequence of sequences) for (const block of this.table(sequence)) blocks.add(block);
    return blocks.size;
  }

  /** Moves the tables of the sequences to the other pool, a shared block once; returns the moves in order. */
  move(sequences: readonly SequenceId[], place: "gpu" | "cpu"): Map<number, number> {
    const [from, to] = place === "cpu" ? [this.gpu, this.cpu] : [this.cpu, this.gpu];
    const column = this.column;
    const moved = new Map<number, number>();
    for (const sequence of sequences) {
      if (this.place(sequence) === place) fail(`sequence ${sequence} is on the ${place} already`);
      const start = column.start(sequence);
      for (let at = start; at < start + column.length(sequence); at += 1)
        column.cells[at] = this.#moveEntry(column.cells[at]!, from, to, moved);
      column.cells[column.marks + sequence]! ^= GPU | CPU;
    }
    return moved;
  }

  /** Writes the tables in one place, by sequence, and its free blocks into `columns`. */
  describe(place: "gpu" | "cpu", columns: PoolColumns): PoolColumns {
    const column = this.column;
    columns.clear(this[place].size);
    for (let sequence = 0; sequence < column.rows; sequence += 1) {
      if (this.place(sequence) !== place) continue;
      const from = column.start(sequence);
      columns.tables.extents.addCells(column.cells, from, from + column.length(sequence));
      columns.tables.close(sequence);
    }
    this[place].describeFree(columns.free);
    return columns;
  }

  #moveEntry(old: number, from: BlockPool, to: BlockPool, moved: Map<number, number>): number {
    let block = moved.get(old);
    if (block === undefined) {
      block = to.take();
      moved.set(old, block);
    } else to.share(block);
    from.drop(old);
    return block;
  }

  /** Makes room for a table on the GPU, empty so far. */
  #begin(sequence: SequenceId, entries: number): void {
    const column = this.column;
    if (sequence >= column.rows || entries >= column.stride) column.reserve(sequence, entries);
    if (column.mark(sequence) !== NOWHERE) fail(`sequence ${sequence} has a table already`);
    column.cells[column.marks + sequence] = GPU;
  }

  /** The table of `to`, empty so far, begins with `entries` blocks of that of `from`. */
  #share(from: SequenceId, to: SequenceId, entries: number, eachEntry = false): void {
    const column = this.column;
    const shared = this.table(from).slice(0, entries);
    for (const block of shared) column.push(to, block);
    const counted = entries > this.#windowBlocks && !eachEntry ? new Set(shared) : shared;
    for (const block of counted) this.gpu.share(block);
    column.cells[column.marks + from]! |= SHARES;
    column.cells[column.marks + to]! |= SHARES;
  }

  /** Gives up blocks that others may have too, that come several times behind a full window, or that are on the CPU. */
  #dropEach(sequence: SequenceId, lastWindow: boolean): void {
    const place = this.place(sequence);
    if (place === "nowhere") fail(`sequence ${sequence} is released but holds nothing`);
    const pool = this[place];
    const first = lastWindow ? Math.max(0, this.entries(sequence) - this.#windowBlocks) : 0;
    for (const block of new Set(this.table(sequence).slice(first))) pool.drop(block);
  }

  /** A new block, or with a full window the one that holds what leaves it. Only behind a full window does a block come twice. */
  #pushNext(sequence: SequenceId): void {
    const column = this.column;
    const length = column.length(sequence);
    const window = this.#windowBlocks;
    const again = column.start(sequence) + (length % window);
    column.push(sequence, length < window ? this.gpu.take() : column.cells[again]!);
  }

  #requireOnGpu(sequence: SequenceId): void {
    if (this.place(sequence) !== "gpu") fail(`sequence ${sequence} has no table on the GPU`);
  }
}
