import assert from "node:assert/strict";
import type { Occupancy } from "../occupancy.ts";
import type { Single } from "./single.ts";

interface PrefixPoolOptions {
  readonly slots: number;
  readonly blockSize: number;
  readonly caching: boolean;
  readonly onPlace: (cell: number) => void;
}

/** vLLM V1's blocks with plain arrays, and all that a block says as one string. */
export class PrefixPool {
  readonly blockSize: number;
  readonly caching: boolean;
  /** Blocks that requests can be given: all but the null block. */
  readonly usable: number;
  evicted = 0;
  readonly #options: PrefixPoolOptions;
  /** Free blocks, the next one first. */
  #queue: number[];
  /** Everything said from a request's beginning to the end of a cached block, by block, in the order of caching. */
  #cached: { readonly block: number; readonly said: string }[] = [];
  readonly #tables = new Map<Single, number[]>();

  constructor(options: PrefixPoolOptions) {
    this.#options = options;
    this.blockSize = options.blockSize;
    this.caching = options.caching;
    this.usable = Math.max(0, Math.floor(options.slots / options.blockSize) - 1);
    this.#queue = Array.from({ length: this.usable }, (_, at) => at + 1);
  }

  /** Cached blocks with the longest beginning of what is known, its last token left out. */
  lookUp({ known }: Single): number[] {
    const found: number[] = [];
    if (!this.caching) return found;
    for (let end = this.blockSize; end <= known.length - 1; end += this.blockSize) {
      const said = known.slice(0, end).join();
      const first = this.#cached.find((other) => other.said === said);
      if (first === undefined) break;
      found.push(first.block);
    }
    return found;
  }

  /** Makes room for `tokens` tokens after those computed; false, changing nothing, if too few blocks are free. */
  extend(single: Single, tokens: number): boolean {
    const table = this.#tables.get(single);
    assert(table !== undefined, "holds no blocks");
    const after = single.computed + tokens;
    const missing = this.blocksFor(after) - table.length;
    if (missing > this.#queue.length) return false;
    this.#fill(single, single.computed, after);
    return true;
  }

  /** The same for one that holds nothing yet, behind the blocks found; `gated`: only where all it knows has room. */
  admit(single: Single, found: readonly number[], tokens: number, gated: boolean): boolean {
    const hit = found.length * this.blockSize;
    const reach = gated ? single.known.length : hit + tokens;
    const freeHits = found.filter((block) => this.#queue.includes(block)).length;
    if (this.blocksFor(reach) - found.length + freeHits > this.#queue.length) return false;
    this.#queue = this.#queue.filter((block) => !found.includes(block));
    this.#tables.set(single, [...found]);
    this.#fill(single, hit, hit + tokens);
    return true;
  }

  release(single: Single): void {
    const table = this.#tables.get(single);
    assert(table !== undefined, "released without blocks");
    this.#tables.delete(single);
    const owned = new Set([...this.#tables.values()].flat());
    this.#queue.push(...table.toReversed().filter((block) => !owned.has(block)));
  }

  /** Block by block: a slot is a token state if it is one for all owners, and reserved if any of them will fill it. */
  occupancy(): Occupancy {
    const { blockSize } = this;
    const tables = [...this.#tables.values()];
    const total = { tokenStates: 0, reserved: 0, internal: 0, rounding: 0, reach: 0, held: 0 };
    for (const table of tables) total.reach += table.length * blockSize;
    for (const block of new Set(tables.flat())) {
      const owners = [...this.#tables].filter(([, table]) => table.includes(block));
      const clamp = (tokens: number) => Math.max(0, Math.min(blockSize, tokens));
      const inBlock = (tokens: (owner: Single) => number) =>
        owners.map(([owner, table]) => clamp(tokens(owner) - table.indexOf(block) * blockSize));
      const written = Math.min(...inBlock(({ computed }) => computed));
      const final = Math.max(...inBlock(({ promptTokens, longest }) => promptTokens + longest - 1));
      total.held += blockSize;
      total.tokenStates += written;
      total.reserved += final - written;
      total.internal += blockSize - final;
    }
    return total;
  }

  state() {
    const free = this.#queue.length * this.blockSize;
    const unusable = this.#options.slots - this.usable * this.blockSize;
    if (!this.caching) return { free, unusable, largestHole: free };
    const cachedBlocks = new Set(this.#cached.map(({ block }) => block));
    const cached = this.#queue.filter((block) => cachedBlocks.has(block)).length * this.blockSize;
    return { free, unusable, largestHole: free, cached };
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockSize);
  }

  /** Takes blocks until the table reaches `to` tokens, and caches those that tokens from `from` on fill. */
  #fill(single: Single, from: number, to: number): void {
    const table = this.#tables.get(single)!;
    while (table.length < this.blocksFor(to)) table.push(this.#take());
    if (!this.caching) return;
    for (let end = this.blockSize; end <= to; end += this.blockSize) {
      if (end <= from) continue;
      const block = table[end / this.blockSize - 1]!;
      this.#cached.push({ block, said: single.known.slice(0, end).join() });
    }
  }

  #take(): number {
    const block = this.#queue.shift();
    assert(block !== undefined, "took a block that is not free");
    const kept = this.#cached.filter((other) => other.block !== block);
    this.evicted += this.#cached.length - kept.length;
    this.#cached = kept;
    this.#options.onPlace(block);
    return block;
  }
}
