import assert from "node:assert/strict";
import { Blocks } from "./blocks.ts";
import { finalOf, type Group, type Growth, type No, type Pool, type Sequence } from "./group.ts";
import type { Holding } from "./shares.ts";

export interface PagedOptions {
  readonly slots: number;
  readonly swapSlots: number;
  readonly maxModelLen: number;
  readonly blockSize: number;
  readonly watermark: number;
  /** Whether every sequence gets all the blocks it could ever need at admission. */
  readonly reserveMax: boolean;
  readonly onPlace: (cell: number) => void;
}

/** vLLM V0's block manager, with plain arrays. */
export class PagedPool implements Pool {
  readonly blockSize: number;
  readonly #options: PagedOptions;
  readonly #gpu: Blocks;
  readonly #cpu: Blocks;
  readonly #watermarkBlocks: number;
  readonly #tables = new Map<Sequence, number[]>();
  readonly #cpuTables = new Map<Sequence, number[]>();

  constructor(options: PagedOptions) {
    this.#options = options;
    this.blockSize = options.blockSize;
    this.#gpu = new Blocks(Math.floor(options.slots / options.blockSize), options.onPlace);
    this.#cpu = new Blocks(Math.floor(options.swapSlots / options.blockSize), options.onPlace);
    this.#watermarkBlocks = Math.trunc(options.watermark * this.#gpu.count);
  }

  admit(group: Group): No | null {
    if (this.#gpu.free.length - this.#blocksToAdmit(group) < this.#watermarkBlocks) return "other";
    if (this.#options.reserveMax) {
      for (const sequence of group.live)
        this.#pushNew(sequence, this.#ceil(this.#options.maxModelLen));
      return null;
    }
    const [first, ...others] = group.live;
    const all = this.#ceil(group.promptTokens + group.generated);
    this.#pushNew(first!, all);
    if (!group.forked) return null;
    const shared = Math.floor(group.promptTokens / this.blockSize);
    for (const sequence of others) {
      const common = this.#table(first!).slice(0, shared);
      for (const block of common) this.#gpu.share(block);
      this.#tables.set(sequence, common);
      this.#pushNew(sequence, all - shared);
    }
    return null;
  }

  grow(group: Group): Growth | No {
    if (this.#options.reserveMax) return { handedOut: 0, copiedBlocks: 0 };
    if (group.live.length > this.#gpu.free.length) return "other";
    let handedOut = 0;
    let copiedBlocks = 0;
    for (const sequence of group.live) {
      const table = this.#table(sequence);
      const last = table.at(-1)!;
      if (table.length < this.#ceil(group.written + 1)) {
        this.#pushNew(sequence, 1);
        handedOut += 1;
      } else if (this.#gpu.owners[last]! > 1) {
        table[table.length - 1] = this.#gpu.take();
        this.#gpu.giveUp(last);
        handedOut += 1;
        copiedBlocks += 1;
      }
      assert(table.length === this.#ceil(group.written + 1), "one block more is enough");
    }
    return { handedOut, copiedBlocks };
  }

  fork(group: Group): number {
    if (this.#options.reserveMax) return group.promptTokens * (group.width - 1);
    const [parent, ...children] = group.live;
    for (const child of children) {
      this.#tables.set(child, [...this.#table(parent!)]);
      for (const block of this.#table(parent!)) this.#gpu.share(block);
    }
    return 0;
  }

  release(sequence: Sequence): void {
    for (const block of this.#table(sequence)) this.#gpu.giveUp(block);
    this.#tables.delete(sequence);
  }

  neverAdmits(group: Group): boolean {
    return this.#blocksToAdmit(group) + this.#watermarkBlocks > this.#gpu.count;
  }

  swapOut(group: Group): number | No {
    const distinct = distinctBlocks(group, this.#tables);
    if (distinct > this.#cpu.free.length) return "other";
    move(
      group,
      { blocks: this.#gpu, tables: this.#tables },
      { blocks: this.#cpu, tables: this.#cpuTables },
    );
    return distinct;
  }

  swapIn(group: Group): number | No {
    const distinct = distinctBlocks(group, this.#cpuTables);
    const left = this.#gpu.free.length - (distinct + group.live.length);
    if (left < this.#watermarkBlocks) return "other";
    move(
      group,
      { blocks: this.#cpu, tables: this.#cpuTables },
      { blocks: this.#gpu, tables: this.#tables },
    );
    return distinct;
  }

  neverReturns(group: Group): boolean {
    const distinct = distinctBlocks(group, this.#tables);
    return distinct + group.live.length + this.#watermarkBlocks > this.#gpu.count;
  }

  holdings(group: Group): Holding[] {
    const holders = group.live.filter((sequence) => this.#tables.has(sequence));
    const final = Math.max(...group.live.map((sequence) => finalOf(group, sequence)));
    const shared = this.#options.reserveMax ? 0 : this.#commonSlots(holders);
    const computed = group.written;
    const holdings = holders.map((sequence) => {
      const held = this.#table(sequence).length * this.blockSize - shared;
      return {
        held,
        asked: held,
        computed: Math.max(0, computed - shared),
        final:
          (group.forked || this.#options.reserveMax ? finalOf(group, sequence) : final) - shared,
      };
    });
    if (shared === 0) return holdings;
    return [
      { held: shared, asked: shared, computed: Math.min(computed, shared), final },
      ...holdings,
    ];
  }

  reach(group: Group): number {
    const tables = group.live.map((sequence) => this.#tables.get(sequence) ?? []);
    return tables.reduce((sum, table) => sum + table.length * this.blockSize, 0);
  }

  state() {
    const free = this.#gpu.owners.filter((owners) => owners === 0).length * this.blockSize;
    const unusable = this.#options.slots - this.#gpu.count * this.blockSize;
    return { free, unusable, largestHole: free };
  }

  /** Leading slots in the same blocks in every table; 0 for a single one, whose shares are the same either way. */
  #commonSlots(holders: readonly Sequence[]): number {
    if (holders.length < 2) return 0;
    const tables = holders.map((sequence) => this.#table(sequence));
    let common = 0;
    while (
      common < tables[0]!.length &&
      tables.every((table) => table[common] === tables[0]![common])
    ) {
      common += 1;
    }
    return common * this.blockSize;
  }

  #blocksToAdmit(group: Group): number {
    if (this.#options.reserveMax) return group.live.length * this.#ceil(this.#options.maxModelLen);
    const all = this.#ceil(group.promptTokens + group.generated);
    if (!group.forked || group.live.length === 1) return all;
    const shared = Math.floor(group.promptTokens / this.blockSize);
    return shared + group.live.length * (all - shared);
  }

  #pushNew(sequence: Sequence, count: number): void {
    const table = this.#tables.get(sequence) ?? [];
    for (let i = 0; i < count; i++) table.push(this.#gpu.take());
    this.#tables.set(sequence, table);
  }

  #table(sequence: Sequence): number[] {
    const table = this.#tables.get(sequence);
    assert(table !== undefined, "sequence has no table");
    return table;
  }

  #ceil(tokens: number): number {
    return Math.ceil(tokens / this.blockSize);
  }
}

interface Side {
  readonly blocks: Blocks;
  readonly tables: Map<Sequence, number[]>;
}

function distinctBlocks(group: Group, tables: ReadonlyMap<Sequence, number[]>): number {
  return new Set(group.live.flatMap((sequence) => tables.get(sequence)!)).size;
}

/** Moves the group's tables from one pool to the other, entry by entry; sharing survives. */
function move(group: Group, from: Side, to: Side): void {
  const moved = new Map<number, number>();
  for (const sequence of group.live) {
    const table: number[] = [];
    for (const block of from.tables.get(sequence)!) {
      const known = moved.get(block);
      if (known === undefined) moved.set(block, to.blocks.take());
      else to.blocks.share(known);
      table.push(moved.get(block)!);
      from.blocks.giveUp(block);
    }
    from.tables.delete(sequence);
    to.tables.set(sequence, table);
  }
}
