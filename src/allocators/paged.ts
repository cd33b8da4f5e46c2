import { z } from "zod";
import { assert } from "../core/assert.ts";
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
import { BlockPool, tableExtents } from "./block-pool.ts";
import type { AllocatorDefinition, PoolEnvironment } from "./definition.ts";
import { reservation } from "./reservation.ts";

/** Options of the paged allocator. */
export interface PagedOptions {
  readonly blockSize: Slots;
  readonly watermark: number;
  readonly reserve: "none" | "max";
}

const UNTABLED = 0;
const ON_GPU = 1;
const ON_CPU = 2;

/**
 * vLLM V0's block manager (v0.2.0, `BlockSpaceManager`): fixed-size blocks through block tables, shared with reference
 * counts, copied when a shared block is written, swapped to a bounded CPU pool (Kwon et al., SOSP'23, §4).
 */
export class PagedAllocator implements Allocator, Swapping {
  readonly blockSlots: Slots;
  readonly #pool: BlockPool;
  readonly #cpu: BlockPool;
  readonly #watermarkBlocks: number;
  readonly #unusable: Slots;
  /** Tokens every sequence may write because their blocks were reserved at admission; 0 when it grows on demand. */
  readonly #reservedTokens: Tokens;
  readonly #onPlace: (block: number) => void;
  readonly #tables: number[][] = [];
  readonly #places: number[] = [];
  /** Leading slots a sequence has in common with its siblings. */
  readonly #shared: Slots[] = [];

  constructor(options: PagedOptions, environment: PoolEnvironment) {
    this.blockSlots = options.blockSize;
    this.#pool = new BlockPool(Math.floor(environment.slots / options.blockSize));
    this.#cpu = new BlockPool(Math.floor(environment.swapSlots / options.blockSize));
    this.#watermarkBlocks = Math.trunc(options.watermark * this.#pool.size);
    this.#unusable = environment.slots - this.#pool.size * options.blockSize;
    this.#reservedTokens = options.reserve === "max" ? environment.maxModelLen : 0;
    this.#onPlace = environment.onPlace;
  }

  get usage(): PoolUsage {
    const free = this.#pool.freeCount * this.blockSlots;
    const slots = this.#pool.size * this.blockSlots + this.#unusable;
    return {
      slots,
      free,
      held: slots - this.#unusable - free,
      unusable: this.#unusable,
      largestHole: free,
    };
  }

  admit(group: SequenceGroup, ask: Admission): Grant | Refusal {
    const need = this.#blocksToAdmit(group, ask);
    if (this.#pool.freeCount - need < this.#watermarkBlocks) return this.#refusal(need);
    if (this.#reservedTokens > 0) this.#admitReserved(group);
    else this.#admitOnDemand(group, ask);
    return this.#grant(group.sequences[0]!, 0);
  }

  grow(group: SequenceGroup, tokens: Tokens): Grant | Refusal {
    if (tokens <= this.#reservedTokens) return this.#grant(group.sequences[0]!, 0);
    if (group.sequences.length > this.#pool.freeCount) return this.#refusal(group.sequences.length);
    let copies = 0;
    for (const sequence of group.sequences) if (this.append(sequence, tokens)) copies += 1;
    return this.#grant(group.sequences[0]!, copies * this.blockSlots);
  }

  /**
   * Makes the slot of token number `tokens` of one sequence writable, by a new block or a copy of a shared one.
   * Returns the copied pair, or null. The caller has made sure that a block is free.
   */
  append(sequence: SequenceId, tokens: Tokens): { from: number; to: number } | null {
    const table = this.#tableOnGpu(sequence);
    const writtenWholeBlocks = Math.floor((tokens - 1) / this.blockSlots) * this.blockSlots;
    this.#shared[sequence] = Math.min(this.#shared[sequence]!, writtenWholeBlocks);
    if (table.length < this.#blocksFor(tokens)) {
      table.push(this.#take());
      return null;
    }
    const from = table[table.length - 1]!;
    if (!this.#pool.isShared(from)) return null;
    const to = this.#take();
    table[table.length - 1] = to;
    this.#pool.drop(from);
    return { from, to };
  }

  fork(group: SequenceGroup, tokens: Tokens): Grant {
    const [parent, ...children] = group.sequences;
    if (this.#reservedTokens > 0) return this.#grant(parent!, children.length * tokens);
    for (const child of children) this.forkSequence(parent!, child);
    return { granted: true, cachedTokens: 0, copiedTokens: 0, roomTokens: tokens };
  }

  /** The child's table becomes a copy of the parent's, every block shared. */
  forkSequence(parent: SequenceId, child: SequenceId): void {
    const table = this.#tableOnGpu(parent);
    for (const block of table) this.#pool.share(block);
    const shared = table.length * this.blockSlots;
    this.#open(child, [...table], shared);
    this.#shared[parent] = shared;
  }

  release(sequence: SequenceId): void {
    const place = this.#places[sequence] ?? UNTABLED;
    assert(place !== UNTABLED, `sequence ${sequence} is released but holds nothing`);
    const pool = place === ON_GPU ? this.#pool : this.#cpu;
    for (const block of this.#tables[sequence]!) pool.drop(block);
    this.#tables[sequence] = [];
    this.#places[sequence] = UNTABLED;
  }

  wouldNever(group: SequenceGroup, ask: Admission): Refusal | null {
    return this.#neverRefusal(this.#blocksToAdmit(group, ask));
  }

  wouldNeverReturn(group: SequenceGroup): Refusal | null {
    return this.#neverRefusal(this.#distinctBlocks(group).length + group.sequences.length);
  }

  growthFloor(live: number): Slots {
    return this.#reservedTokens > 0 ? 0 : live * this.blockSlots;
  }

  holding(sequence: SequenceId): SequenceHolding | null {
    if (this.#places[sequence] !== ON_GPU) return null;
    const held = this.#tables[sequence]!.length * this.blockSlots;
    return { held, asked: held, shared: this.#shared[sequence]! };
  }

  swapOut(group: SequenceGroup): Transfer | Refusal {
    const need = this.#distinctBlocks(group).length;
    if (need > this.#cpu.freeCount) return this.#swapSpaceRefusal(need);
    return { granted: true, blocks: this.#move(group, this.#pool, this.#cpu, ON_CPU) };
  }

  swapIn(group: SequenceGroup): Transfer | Refusal {
    const need = this.#distinctBlocks(group).length + group.sequences.length;
    if (this.#pool.freeCount - need < this.#watermarkBlocks) return this.#refusal(need);
    return { granted: true, blocks: this.#move(group, this.#cpu, this.#pool, ON_GPU) };
  }

  inspect(): Layout {
    return {
      cellSlots: this.blockSlots,
      cells: this.#pool.size,
      tables: this.#extentsOf(ON_GPU),
      free: this.#pool.freeExtents(),
      referenceCounts: this.#pool.references,
      cpu:
        this.#cpu.size === 0
          ? null
          : {
              cells: this.#cpu.size,
              tables: this.#extentsOf(ON_CPU),
              free: this.#cpu.freeExtents(),
            },
    };
  }

  /** Blocks in the order of the sequences' tables, each once. */
  #distinctBlocks(group: SequenceGroup): number[] {
    return [...new Set(group.sequences.flatMap((sequence) => this.#tables[sequence] ?? []))];
  }

  #blocksFor(tokens: Tokens): number {
    return Math.ceil(tokens / this.blockSlots);
  }

  #blocksToAdmit(group: SequenceGroup, ask: Admission): number {
    if (this.#reservedTokens > 0) return group.width * this.#blocksFor(this.#reservedTokens);
    const each = this.#blocksFor(ask.promptTokens + ask.generatedTokens);
    const common = ask.sequences > 1 ? Math.floor(ask.promptTokens / this.blockSlots) : 0;
    return common + ask.sequences * (each - common);
  }

  #admitReserved(group: SequenceGroup): void {
    const blocks = this.#blocksFor(this.#reservedTokens);
    for (const sequence of group.sequences) this.#open(sequence, this.#takeMany(blocks), 0);
  }

  #admitOnDemand(group: SequenceGroup, ask: Admission): void {
    const each = this.#blocksFor(ask.promptTokens + ask.generatedTokens);
    const first = this.#takeMany(each);
    const common = ask.sequences > 1 ? Math.floor(ask.promptTokens / this.blockSlots) : 0;
    this.#open(group.sequences[0]!, first, common * this.blockSlots);
    for (let index = 1; index < ask.sequences; index += 1) {
      const table = first.slice(0, common);
      for (const block of table) this.#pool.share(block);
      table.push(...this.#takeMany(each - common));
      this.#open(group.sequences[index]!, table, common * this.blockSlots);
    }
  }

  #move(group: SequenceGroup, from: BlockPool, to: BlockPool, place: number): number {
    const moved = new Map<number, number>();
    for (const sequence of group.sequences) {
      const table = this.#tables[sequence]!;
      for (let index = 0; index < table.length; index += 1) {
        const old = table[index]!;
        const known = moved.get(old);
        const block = known ?? to.take();
        if (known === undefined) {
          moved.set(old, block);
          this.#onPlace(block);
        } else to.share(block);
        table[index] = block;
        from.drop(old);
      }
      this.#places[sequence] = place;
    }
    return moved.size;
  }

  #open(sequence: SequenceId, table: number[], shared: Slots): void {
    assert((this.#places[sequence] ?? UNTABLED) === UNTABLED, `sequence ${sequence} has a table`);
    this.#tables[sequence] = table;
    this.#places[sequence] = ON_GPU;
    this.#shared[sequence] = shared;
  }

  #tableOnGpu(sequence: SequenceId): number[] {
    assert(this.#places[sequence] === ON_GPU, `sequence ${sequence} has no table on the GPU`);
    return this.#tables[sequence]!;
  }

  #take(): number {
    const block = this.#pool.take();
    this.#onPlace(block);
    return block;
  }

  #takeMany(count: number): number[] {
    const blocks: number[] = [];
    for (let taken = 0; taken < count; taken += 1) blocks.push(this.#take());
    return blocks;
  }

  #extentsOf(place: number): Map<SequenceId, ReturnType<typeof tableExtents>> {
    const tables = new Map<SequenceId, ReturnType<typeof tableExtents>>();
    this.#tables.forEach((table, sequence) => {
      if (this.#places[sequence] === place) tables.set(sequence, tableExtents(table));
    });
    return tables;
  }

  #grant(sequence: SequenceId, copiedTokens: Tokens): Grant {
    const roomTokens = this.#tables[sequence]!.length * this.blockSlots;
    return { granted: true, cachedTokens: 0, copiedTokens, roomTokens };
  }

  #neverRefusal(need: number): Refusal | null {
    if (need + this.#watermarkBlocks <= this.#pool.size) return null;
    return { ...this.#refusal(need), reason: "never" };
  }

  #refusal(need: number): Refusal {
    const { free, slots } = this.usage;
    return {
      granted: false,
      reason: need > this.#pool.freeCount ? "total" : "watermark",
      need: need * this.blockSlots,
      free,
      largestHole: free,
      pool: slots,
    };
  }

  #swapSpaceRefusal(need: number): Refusal {
    const free = this.#cpu.freeCount * this.blockSlots;
    const pool = this.#cpu.size * this.blockSlots;
    return {
      granted: false,
      reason: "total",
      need: need * this.blockSlots,
      free,
      largestHole: free,
      pool,
    };
  }
}

export const paged: AllocatorDefinition = {
  strategy: "paged",
  summary: "fixed-size blocks through block tables, reference counts and copy-on-write (vLLM V0)",
  options: z.strictObject({
    blockSize: z.int().min(1).default(16).describe("slots of a block; 1 is token-level allocation"),
    watermark: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("part of the blocks that admission leaves free; 0.01, with reserve: max 0"),
    reserve: z
      .enum(["none", "max"])
      .default("none")
      .describe("max holds maxModelLen for every sequence from admission on (Orca in blocks)"),
  }),
  reserves: (options) => options["reserve"] === "max",
  label: (options) =>
    `paged ${options["blockSize"]}${options["reserve"] === "max" ? " reserve max" : ""}`,
  create(options, environment) {
    const reserve = options["reserve"] as PagedOptions["reserve"];
    const blockSize = options["blockSize"] as number;
    const watermark =
      (options["watermark"] as number | undefined) ?? (reserve === "max" ? 0 : 0.01);
    const allocator = new PagedAllocator({ blockSize, watermark, reserve }, environment);
    return {
      allocator,
      swapping: reserve === "max" ? null : allocator,
      reservation: reserve === "max" ? reservation("max", environment.maxModelLen) : null,
      blockSize,
    };
  },
  examples: [
    { blockSize: 16, watermark: 0.01, reserve: "none" },
    { blockSize: 1, watermark: 0, reserve: "none" },
    { blockSize: 5, watermark: 0.1, reserve: "none" },
    { blockSize: 16, watermark: 0, reserve: "max" },
  ],
};
