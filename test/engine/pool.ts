import { Auditor } from "../../src/allocators/checked.ts";
import type { AllocatorDefinition } from "../../src/allocators/definition.ts";
import { EnginePool } from "../../src/allocators/engine-pool.ts";
import type { Pool } from "../../src/allocators/pool.ts";
import { fail } from "../../src/core/assert.ts";
import { Digest } from "../../src/core/digest.ts";
import { UNLIMITED } from "../../src/core/unlimited.ts";
import { type Audit, auditHost } from "../../src/engine/audit.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { SequenceId, Slots, Tokens } from "../../src/request.ts";
import { type Compiled, compiled, integersAt, sourceAt } from "./compiled.ts";
import { columnOf, describeGroup, EngineGroup, GROUPS } from "./groups.ts";

/** AssemblyScript that makes allocators and asks them, {@link GROUPS} in front. */
export const POOL = GROUPS + sourceAt("test/engine/pool.as");

/** Memory was given. */
export interface Grant {
  readonly granted: true;
  /** Tokens whose KV must be copied inside the GPU before the next iteration. */
  readonly copiedTokens: Tokens;
  /** Tokens that each sequence may have written in all before the allocator must be asked again. */
  readonly roomTokens: Tokens;
}

/** Memory was refused, and nothing changed: engine/allocators/allocator.ts says of what there is too little. */
export interface Refusal {
  readonly granted: false;
  readonly reason: "total" | "hole" | "watermark" | "never";
  readonly need: Slots;
  readonly free: Slots;
  readonly largestHole: Slots;
  readonly pool: Slots;
}

/** What a swap moved. */
export interface Transfer {
  readonly granted: true;
  readonly blocks: number;
  /** From which block to which, in order, each once. */
  readonly moves: ReadonlyMap<number, number>;
}

/** Sizes of a pool. */
export interface PoolSizes {
  readonly slots: Slots;
  readonly swapSlots: Slots;
  readonly maxModelLen: Tokens;
}

/** Codes of engine/allocators/allocator.ts. */
const REASONS = [null, "total", "hole", "watermark", "never"] as const;

/** Codes of engine/allocators/block-tables.ts. */
const PLACES = ["nowhere", "gpu", "cpu"] as const;

/** Compiles {@link POOL}, and `more` behind it, with what that imports from the host. */
export async function compilePools(
  more = "",
  host: Readonly<Record<string, (...values: number[]) => unknown>> = {},
): Promise<Pools> {
  let pools: Pools | null = null;
  const integers = (address: number, length: number) =>
    integersAt(pools!.module, address).subarray(0, length);
  const module = await compiled(POOL + more, {
    followBegin: () => 1,
    followEnd() {},
    ...auditHost(() => pools!.audit ?? fail("nobody hears of a checked allocator"), integers),
    ...host,
  });
  pools = new Pools(module);
  return pools;
}

/** Makes allocators and groups in a module compiled from {@link POOL} and more. */
export class Pools {
  readonly module: Compiled;
  /** Who hears of the operations of a checked allocator under way. */
  audit: Audit | null = null;

  constructor(module: Compiled) {
    this.module = module;
  }

  get engine(): Engine {
    return this.module as unknown as Engine;
  }

  /** A new allocator of a strategy in the registry. */
  create(
    definition: AllocatorDefinition,
    options: Readonly<Record<string, unknown>>,
    sizes: PoolSizes,
  ): EngineAllocator {
    const cells = this.engine.newDigest();
    const { pool } = definition.create(options, { engine: this.engine, ...sizes, cells });
    return new EngineAllocator(this, pool, cells);
  }

  /** A new group of so many sequences as it has outputs, called by `names`. */
  newGroup(
    id: number,
    promptTokens: Tokens,
    outputTokens: readonly Tokens[],
    names: readonly SequenceId[],
  ): PoolGroup {
    const address = this.module["newGroup"]!(id, 0, promptTokens, outputTokens[0]!);
    describeGroup(this.module, address, { promptTokens, outputTokens });
    const group = new PoolGroup(this.module, address);
    group.nameSequences(names);
    return group;
  }

  /** Takes back all memory that the engine was handed meanwhile. */
  withMemory<T>(use: () => T): T {
    const mark = this.module["mark"]!();
    try {
      return use();
    } finally {
      this.module["release"]!(mark);
    }
  }

  /** What `ask` is answered, without anything having changed. */
  supposing<T>(ask: () => T): T {
    const { memory } = this.module;
    const before = new Uint8Array(memory.buffer).slice();
    const answer = ask();
    new Uint8Array(memory.buffer).set(before);
    return answer;
  }
}

/** A group that goes through what a scheduler would do with it. */
export class PoolGroup extends EngineGroup {
  private readonly module: Compiled;

  constructor(module: Compiled, address: number) {
    super(module, address);
    this.module = module;
  }

  /** Whether the sequences beyond the first exist. */
  get forked(): boolean {
    return this.module["forkedOf"]!(this.address) === 1;
  }

  fork(): void {
    this.module["setForked"]!(this.address);
  }

  /** Each unfinished sequence has emitted so many tokens. */
  emit(tokens: Tokens): void {
    this.module["setGenerated"]!(this.address, tokens);
  }

  /** Tokens each unfinished sequence knows: its prompt and what it has emitted. */
  get knownTokens(): Tokens {
    return this.promptTokens + this.generated;
  }

  /** These are its unfinished sequences. */
  setSequences(names: readonly SequenceId[]): void {
    this.module["setSequences"]!(this.address, columnOf(this.module, names));
  }
}

/** An allocator of the engine, to be asked as a scheduler asks it. */
export class EngineAllocator extends EnginePool {
  readonly address: number;
  private readonly pools: Pools;
  private readonly cells: number;
  /** Hears of its operations, if it is checked. */
  private readonly audit: Audit | null;

  constructor(pools: Pools, address: number, cells: number, audit: Audit | null = null) {
    super(pools.engine, address);
    this.pools = pools;
    this.address = address;
    this.cells = cells;
    this.audit = audit;
  }

  /** The same allocator, which must be new, checked after each operation: of so many slots, and as `seen`. */
  checked(slots: Slots = this.usage.slots, seen: Pool = this): EngineAllocator {
    const address = this.pools.engine.newChecked(this.address);
    return new EngineAllocator(this.pools, address, this.cells, new Auditor(seen, slots));
  }

  admit(group: EngineGroup): Grant | Refusal {
    return this.#granted(this.#ask("admit", group.address));
  }

  grow(group: EngineGroup, tokens: Tokens): Grant | Refusal {
    return this.#granted(this.#ask("growGroup", group.address, tokens));
  }

  fork(group: EngineGroup, tokens: Tokens): Grant {
    this.#ask("fork", group.address, tokens);
    return this.#granted(true) as Grant;
  }

  release(sequence: SequenceId): void {
    this.#ask("releaseSequence", sequence);
  }

  wouldNever(group: EngineGroup): Refusal | null {
    return this.#ask("wouldNever", group.address) ? this.#refusal() : null;
  }

  /** Room for one after the other of some sequences. */
  extend(sequences: readonly SequenceId[]): void {
    const { module } = this.pools;
    const run = columnOf(module, [0, sequences.length, 0, 0]);
    this.#ask("extend", columnOf(module, sequences), run, 0, 1);
  }

  swapOut(group: EngineGroup): Transfer | Refusal {
    return this.#move("swapOut", group);
  }

  swapIn(group: EngineGroup): Transfer | Refusal {
    return this.#move("swapIn", group);
  }

  wouldNeverReturn(group: EngineGroup): Refusal | null {
    return this.#ask("wouldNeverReturn", group.address) ? this.#refusal() : null;
  }

  /** Whether groups can be swapped out, and slots of what is swapped at a time. */
  get swapping(): { readonly swaps: boolean; readonly blockSlots: Slots } {
    const { module } = this.pools;
    const swaps = module["swaps"]!(this.address) === 1;
    return { swaps, blockSlots: module["blockSlots"]!(this.address) };
  }

  get freeSlots(): Slots {
    return this.pools.engine.freeSlots(this.address);
  }

  /** All cells that were handed out, in order. */
  get placed(): string {
    const { engine } = this.pools;
    const digest = new Digest();
    digest.first = engine.digestFirst(this.cells);
    digest.second = engine.digestSecond(this.cells);
    return digest.hex();
  }

  /** The same allocator, which never gives anybody up, followed by the host (test/engine/pool.as). */
  followed(): EngineAllocator {
    const address = this.pools.module["newFollowed"]!(this.address);
    return new EngineAllocator(this.pools, address, this.cells, this.audit);
  }

  #ask(question: string, ...values: number[]): boolean {
    this.pools.audit = this.audit;
    return this.pools.module[question]!(this.address, ...values) === 1;
  }

  #granted(granted: boolean): Grant | Refusal {
    if (!granted) return this.#refusal();
    const [, , , , , copiedTokens, roomTokens] = this.#answer();
    return { granted: true, copiedTokens: copiedTokens!, roomTokens: roomTokens! };
  }

  #refusal(): Refusal {
    const [reason, need, free, largestHole, pool] = this.#answer();
    return {
      granted: false,
      reason: REASONS[reason!]!,
      need: need!,
      free: free!,
      largestHole: largestHole!,
      pool: pool!,
    };
  }

  #answer(): number[] {
    const { memory } = this.pools.module;
    return [...new Float64Array(memory.buffer, this.pools.module["answerOf"]!(this.address), 8)];
  }

  #move(question: string, group: EngineGroup): Transfer | Refusal {
    const before = this.#blocksOf(group);
    if (!this.#ask(question, group.address)) return this.#refusal();
    const after = this.#blocksOf(group);
    const moves = new Map<number, number>();
    for (const [at, block] of before.entries()) moves.set(block, after[at]!);
    return { granted: true, blocks: this.#answer()[7]!, moves };
  }

  /** The blocks of all tables of a group, one table behind the other, wherever they are. */
  #blocksOf({ sequences }: EngineGroup): number[] {
    const { tables, cpu } = this.inspect();
    return sequences.flatMap((sequence) =>
      [tables, ...(cpu ? [cpu.tables] : [])].flatMap(({ count, sequences, offsets, extents }) => {
        const table = sequences.subarray(0, count).indexOf(sequence);
        return table < 0 ? [] : [...extents.starts.subarray(offsets[table], offsets[table + 1])];
      }),
    );
  }
}

/** vLLM V0's block manager, table by table. */
export class BlockManager extends EngineAllocator {
  private readonly module: Compiled;
  private readonly windowBlocks: number;

  constructor(
    pools: Pools,
    sizes: {
      readonly blockSize: Slots;
      readonly gpuBlocks: number;
      readonly cpuBlocks: number;
      readonly watermark: number;
      /** Blocks of a sliding window; null without one. */
      readonly windowBlocks: number | null;
      /** Tokens that every sequence has room for from admission on; 0 where it grows. */
      readonly reservedTokens?: Tokens;
    },
  ) {
    const { blockSize, gpuBlocks, cpuBlocks, watermark, windowBlocks, reservedTokens = 0 } = sizes;
    const cells = pools.engine.newDigest();
    const address = pools.engine.newPaged(
      gpuBlocks * blockSize,
      cpuBlocks * blockSize,
      blockSize,
      Math.trunc(watermark * gpuBlocks),
      reservedTokens,
      windowBlocks ?? UNLIMITED,
      cells,
    );
    super(pools, address, cells);
    this.module = pools.module;
    this.windowBlocks = windowBlocks ?? UNLIMITED;
  }

  /** Where a sequence's blocks are. */
  place(sequence: SequenceId): (typeof PLACES)[number] {
    return PLACES[this.#of("placeOf", sequence)]!;
  }

  /** The blocks of a sequence in token order; empty if it has none. */
  table(sequence: SequenceId): number[] {
    return this.#column("tableOf", sequence);
  }

  open(sequence: SequenceId, tokens: Tokens): void {
    this.#of("openTable", sequence, tokens);
  }

  /** Makes token number `tokens` of a sequence writable; from which block to which that took a copy, null if none. */
  append(sequence: SequenceId, tokens: Tokens): readonly [number, number] | null {
    const before = this.table(sequence);
    if (this.#of("appendToken", sequence, tokens) === 0) return null;
    const after = this.table(sequence);
    const last = after.length - 1;
    // Behind a full window the entry that comes is what leaves it, or a copy.
    return [before[last] ?? before[last % this.windowBlocks]!, after[last]!];
  }

  /** The child's table becomes a copy of the parent's; `eachEntry`: a block that comes several times is shared as often. */
  forkTable(parent: SequenceId, child: SequenceId, eachEntry: boolean): void {
    this.#of("forkTable", parent, child, eachEntry ? 1 : 0);
  }

  /** `lastWindow`: of a table that has gone round its window only the last entries. */
  releaseTable(sequence: SequenceId, lastWindow = false): void {
    this.#of("releaseTable", sequence, lastWindow ? 1 : 0);
  }

  /** Free blocks, the next last. */
  freeBlocks(place: "gpu" | "cpu"): number[] {
    return this.#column("freeStack", PLACES.indexOf(place)).slice(0, this.freeCount(place));
  }

  freeCount(place: "gpu" | "cpu"): number {
    return this.#of("freeBlocks", PLACES.indexOf(place));
  }

  /** Owners of each block; 0 for free ones. */
  owners(place: "gpu" | "cpu"): number[] {
    return this.#column("ownersOf", PLACES.indexOf(place));
  }

  #of(question: string, ...values: number[]): number {
    return this.module[question]!(this.address, ...values);
  }

  #column(question: string, ...values: number[]): number[] {
    const mark = this.module["mark"]!();
    const column = [...integersAt(this.module, this.#of(question, ...values))];
    this.module["release"]!(mark);
    return column;
  }
}
