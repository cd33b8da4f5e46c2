import { fail } from "../core/assert.ts";
import type { SequenceId, Slots, Tokens } from "../request.ts";
import { BlockPool } from "./block-pool.ts";
import { BlockRows } from "./block-rows.ts";
import type { PoolColumns } from "./layout.ts";
import type { Placements } from "./placements.ts";

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
  readonly placements: Placements;
}

/** Where a sequence's blocks are. */
type Place = "nowhere" | "gpu" | "cpu";

const PLACES: readonly Place[] = ["nowhere", "gpu", "cpu"];
const NOWHERE = 0;
const GPU = 1;
const CPU = 2;

/**
 * Block tables over a GPU and a CPU pool: the mechanism of vLLM V0's `BlockSpaceManager` (v0.2.0), without its admission rules.
 * Callers make sure that enough blocks are free.
 */
export class BlockTables {
  readonly blockSlots: Slots;
  readonly gpu: BlockPool;
  readonly cpu: BlockPool;
  readonly #windowBlocks: number;
  /** By sequence; beside its blocks the place of its table, and whether it has ever shared any. */
  readonly #rows = new BlockRows();

  constructor(options: BlockTablesOptions) {
    this.blockSlots = options.blockSlots;
    this.gpu = new BlockPool(options.gpuBlocks, options.placements);
    this.cpu = new BlockPool(options.cpuBlocks, options.placements);
    this.#windowBlocks = options.windowBlocks;
  }

  /** Where a sequence's blocks are. */
  place(sequence: SequenceId): Place {
    return PLACES[this.#rows.places[sequence] ?? NOWHERE]!;
  }

  /** The blocks of a sequence in token order; empty if it has none. O(blocks). */
  table(sequence: SequenceId): readonly number[] {
    return sequence < this.#rows.size ? this.#rows.toArray(sequence) : [];
  }

  /** Length of a sequence's table. */
  entries(sequence: SequenceId): number {
    return this.#rows.lengths[sequence] ?? 0;
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
    const entries = this.entriesFor(tokens);
    this.#begin(sequence, entries);
    if (shared > 0) this.#share(sibling, sequence, shared);
    const own = entries < this.#windowBlocks ? entries : Math.max(shared, this.#windowBlocks);
    const { blocks, lengths, stride } = this.#rows;
    const start = sequence * stride;
    this.gpu.takeInto(blocks, start + shared, start + own);
    lengths[sequence] = own;
    for (let entry = own; entry < entries; entry += 1) this.#pushNext(sequence);
  }

  /** One block more at the end of the table of each of the `count` sequences from place `from` on; its last is full. */
  extend(sequences: Int32Array, from: number, count: number): void {
    if (this.#windowBlocks === Number.POSITIVE_INFINITY)
      return this.gpu.takeForEach(this.#rows, sequences, from, count);
    for (let at = from; at < from + count; at += 1) this.#pushNext(sequences[at]!);
  }

  /** Makes token number `tokens` of a sequence writable, by a new block or by a copy of a shared one; null if neither. */
  append(sequence: SequenceId, tokens: Tokens): BlockCopy | null {
    this.#requireOnGpu(sequence);
    const rows = this.#rows;
    if (rows.lengths[sequence]! < this.entriesFor(tokens)) {
      const opensBlock = rows.lengths[sequence]! < this.#windowBlocks;
      this.#pushNext(sequence);
      if (opensBlock) return null;
    }
    const last = sequence * rows.stride + rows.lengths[sequence]! - 1;
    const from = rows.blocks[last]!;
    if (!this.gpu.isShared(from)) return null;
    const to = this.gpu.take();
    rows.blocks[last] = to;
    this.gpu.drop(from);
    return { from, to };
  }

  /**
   * The child's table becomes a copy of the parent's, every block shared; behind a full window, where a block comes several times,
   * once (v0.6.1) or with `eachEntry` as often as it comes (v0.2.0).
   */
  fork(parent: SequenceId, child: SequenceId, eachEntry = false): void {
    this.#requireOnGpu(parent);
    const entries = this.#rows.lengths[parent]!;
    this.#begin(child, entries);
    this.#share(parent, child, entries, eachEntry);
  }

  /**
   * Gives up a sequence's blocks, wherever they are, each once, in table order: of a table that has gone round its window those of all
   * entries (v0.2.0) or with `lastWindow` those of the last ones (v0.6.1).
   */
  release(sequence: SequenceId, lastWindow = false): void {
    const place = this.#rows.places[sequence] ?? NOWHERE;
    if (place === NOWHERE) fail(`sequence ${sequence} is released but holds nothing`);
    const pool = place === GPU ? this.gpu : this.cpu;
    const { blocks, lengths, stride } = this.#rows;
    const length = lengths[sequence]!;
    if (this.#rows.shares[sequence] === 1 || length > this.#windowBlocks) {
      const last = lastWindow ? Math.max(0, length - this.#windowBlocks) : 0;
      for (const block of new Set(this.table(sequence).slice(last))) pool.drop(block);
    } else pool.dropUnshared(blocks, sequence * stride, sequence * stride + length);
    lengths[sequence] = 0;
    this.#rows.places[sequence] = NOWHERE;
    this.#rows.shares[sequence] = 0;
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
    const { blocks, lengths, stride } = this.#rows;
    const moved = new Map<number, number>();
    for (const sequence of sequences) {
      if (this.place(sequence) === place) fail(`sequence ${sequence} is on the ${place} already`);
      const start = sequence * stride;
      for (let at = start; at < start + lengths[sequence]!; at += 1)
        blocks[at] = this.#moveEntry(blocks[at]!, from, to, moved);
      this.#rows.places[sequence] = place === "gpu" ? GPU : CPU;
    }
    return moved;
  }

  /** Writes the tables in one place, by sequence, and its free blocks into `columns`. */
  describe(place: "gpu" | "cpu", columns: PoolColumns): PoolColumns {
    const { blocks, lengths, places, stride } = this.#rows;
    const wanted = place === "gpu" ? GPU : CPU;
    columns.clear(this[place].size);
    for (let sequence = 0; sequence < places.length; sequence += 1) {
      if (places[sequence] !== wanted) continue;
      const from = sequence * stride;
      columns.tables.extents.addCells(blocks, from, from + lengths[sequence]!);
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
    if ((this.#rows.places[sequence] ?? NOWHERE) !== NOWHERE)
      fail(`sequence ${sequence} has a table already`);
    this.#rows.reserve(sequence, entries);
    this.#rows.places[sequence] = GPU;
  }

  /** The table of `to`, empty so far, begins with `entries` blocks of that of `from`. */
  #share(from: SequenceId, to: SequenceId, entries: number, eachEntry = false): void {
    const shared = this.table(from).slice(0, entries);
    for (const block of shared) this.#rows.push(to, block);
    const counted = entries > this.#windowBlocks && !eachEntry ? new Set(shared) : shared;
    for (const block of counted) this.gpu.share(block);
    this.#rows.shares[from] = 1;
    this.#rows.shares[to] = 1;
  }

  /** A new block, or with a full window the one that holds what leaves it. Only behind a full window does a block come twice. */
  #pushNext(sequence: SequenceId): void {
    const { blocks, lengths, stride } = this.#rows;
    const length = lengths[sequence]!;
    const window = this.#windowBlocks;
    const isFull = length >= window;
    this.#rows.push(
      sequence,
      isFull ? blocks[sequence * stride + (length % window)]! : this.gpu.take(),
    );
  }

  #requireOnGpu(sequence: SequenceId): void {
    if (this.#rows.places[sequence] !== GPU) fail(`sequence ${sequence} has no table on the GPU`);
  }
}
