import { fail } from "../core/assert.ts";
import type { SequenceId, Slots, Tokens } from "../request.ts";
import type { Extent, Layout } from "./allocator.ts";
import { BlockPool } from "./block-pool.ts";
import { BlockTable, type Place } from "./block-table.ts";

/** A block that was copied because somebody else still needs the original. */
export interface BlockCopy {
  readonly from: number;
  readonly to: number;
}

/** The two pools, in blocks of one size, and who is told of each block that is handed out. */
export interface BlockTablesOptions {
  readonly blockSlots: Slots;
  readonly gpuBlocks: number;
  readonly cpuBlocks: number;
  /** Blocks of a sliding window, whose tables go round in it; Infinity without one. */
  readonly windowBlocks: number;
  /** Called with each block handed out. */
  readonly onPlace: (block: number) => void;
}

/**
 * Block tables over a GPU and a CPU pool: the mechanism of vLLM V0's `BlockSpaceManager` (v0.2.0), without its admission rules.
 * Callers make sure that enough blocks are free.
 */
export class BlockTables {
  readonly blockSlots: Slots;
  readonly gpu: BlockPool;
  readonly cpu: BlockPool;
  readonly #windowBlocks: number;
  readonly #onPlace: (block: number) => void;
  /** By sequence. */
  readonly #tables: BlockTable[] = [];

  constructor(options: BlockTablesOptions) {
    this.blockSlots = options.blockSlots;
    this.gpu = new BlockPool(options.gpuBlocks);
    this.cpu = new BlockPool(options.cpuBlocks);
    this.#windowBlocks = options.windowBlocks;
    this.#onPlace = options.onPlace;
  }

  /** Where a sequence's blocks are. */
  place(sequence: SequenceId): Place {
    return this.#tables[sequence]?.place ?? "nowhere";
  }

  /** The blocks of a sequence in token order; empty if it has none. O(blocks). */
  table(sequence: SequenceId): readonly number[] {
    return this.#tables[sequence]?.toArray() ?? [];
  }

  /** Length of a sequence's table. */
  entries(sequence: SequenceId): number {
    return this.#tables[sequence]?.length ?? 0;
  }

  /** Entries a table needs for `tokens` tokens. */
  entriesFor(tokens: Tokens): number {
    return Math.ceil(tokens / this.blockSlots);
  }

  /** Blocks that `tokens` tokens need, at most a window's. */
  blocksFor(tokens: Tokens): number {
    return Math.min(this.entriesFor(tokens), this.#windowBlocks);
  }

  /** Opens a table for `tokens` tokens, the first `shared` entries of it those of `sibling`. */
  open(sequence: SequenceId, tokens: Tokens, sibling: SequenceId = sequence, shared = 0): void {
    const table = this.#newTable(sequence);
    if (shared > 0) this.#share(this.#tables[sibling]!, table, shared);
    const entries = this.entriesFor(tokens);
    while (table.length < entries) table.push(this.#nextEntry(table));
  }

  /** One block more at the end of a table, whose last block is full. */
  extend(sequence: SequenceId): void {
    const table = this.#tableOnGpu(sequence);
    table.push(this.#nextEntry(table));
  }

  /** Makes token number `tokens` of a sequence writable, by a new block or by a copy of a shared one; null if neither. */
  append(sequence: SequenceId, tokens: Tokens): BlockCopy | null {
    const table = this.#tableOnGpu(sequence);
    if (table.length < this.entriesFor(tokens)) {
      const opensBlock = table.length < this.#windowBlocks;
      table.push(this.#nextEntry(table));
      if (opensBlock) return null;
    }
    const from = table.last;
    if (!this.gpu.isShared(from)) return null;
    const to = this.#take();
    table.replaceLast(to);
    this.gpu.drop(from);
    return { from, to };
  }

  /** The child's table becomes a copy of the parent's, every block shared. */
  fork(parent: SequenceId, child: SequenceId): void {
    const table = this.#tableOnGpu(parent);
    this.#share(table, this.#newTable(child), table.length);
  }

  /** Gives up a sequence's blocks, wherever they are, each once, in table order. */
  release(sequence: SequenceId): void {
    const table = this.#tables[sequence];
    if (table === undefined || table.place === "nowhere")
      fail(`sequence ${sequence} is released but holds nothing`);
    const pool = table.place === "gpu" ? this.gpu : this.cpu;
    if (table.length > this.#windowBlocks) for (const block of distinct(table)) pool.drop(block);
    else pool.dropAll(table.blocks, table.length);
    table.length = 0;
    table.place = "nowhere";
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
    const moved = new Map<number, number>();
    for (const sequence of sequences) {
      if (this.place(sequence) === place) fail(`sequence ${sequence} is on the ${place} already`);
      const table = this.#tables[sequence]!;
      const { blocks } = table;
      for (let entry = 0; entry < table.length; entry += 1)
        blocks[entry] = this.#moveEntry(blocks[entry]!, from, to, moved);
      table.place = place;
    }
    return moved;
  }

  /** Tables in one place as runs of one block, by sequence. */
  extents(place: "gpu" | "cpu"): Layout["tables"] {
    const tables = new Map<SequenceId, Extent[]>();
    for (const [sequence, table] of this.#tables.entries())
      if (table?.place === place) tables.set(sequence, table.extents());
    return tables;
  }

  #moveEntry(old: number, from: BlockPool, to: BlockPool, moved: Map<number, number>): number {
    let block = moved.get(old);
    if (block === undefined) {
      block = to.take();
      moved.set(old, block);
      this.#onPlace(block);
    } else to.share(block);
    from.drop(old);
    return block;
  }

  #newTable(sequence: SequenceId): BlockTable {
    const table = this.#tables[sequence] ?? new BlockTable();
    if (table.place !== "nowhere") fail(`sequence ${sequence} has a table already`);
    this.#tables[sequence] = table;
    table.place = "gpu";
    return table;
  }

  /** `to`, which is empty, begins with `entries` blocks of `from`. */
  #share(from: BlockTable, to: BlockTable, entries: number): void {
    to.copyFrom(from, entries);
    const shared = entries > this.#windowBlocks ? distinct(to) : to.toArray();
    for (const block of shared) this.gpu.share(block);
  }

  /** A new block, or with a full window the one that holds what leaves it. */
  #nextEntry(table: BlockTable): number {
    if (table.length < this.#windowBlocks) return this.#take();
    return table.blocks[table.length % this.#windowBlocks]!;
  }

  #take(): number {
    const block = this.gpu.take();
    this.#onPlace(block);
    return block;
  }

  #tableOnGpu(sequence: SequenceId): BlockTable {
    const table = this.#tables[sequence];
    if (table === undefined || table.place !== "gpu")
      fail(`sequence ${sequence} has no table on the GPU`);
    return table;
  }
}

/** Only behind a full window does a block come twice. */
function distinct(table: BlockTable): ReadonlySet<number> {
  return new Set(table.toArray());
}
