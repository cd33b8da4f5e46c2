import type { GroupSpec, KvCacheOptions } from "../../kv-cache.ts";

interface ModelRequest {
  readonly tokens: string[];
  /** One table a group. */
  tables: number[][];
  computed: number;
  preempted: boolean;
}

/**
 * The manager's rules in the plainest words: token arrays, a block's identity is the text of all tokens up to its end, every
 * question is answered by trying. Slow, and obviously right.
 */
export class TokenModel {
  readonly #options: KvCacheOptions;
  readonly #unit: number;
  readonly #requests = new Map<number, ModelRequest>();
  readonly #owners: number[];
  /** What each block holds; null for nothing that could be hit. */
  readonly #texts: (string | null)[];
  /** Blocks of each text, in order of insertion. */
  readonly #cache = new Map<string, number[]>();
  #found: { readonly handle: number; readonly tokens: number } | null = null;
  queue: number[];
  readonly evicted: number[] = [];
  readonly placed: number[] = [];
  readonly statistics = {
    firstTime: { lookUps: 0, queriedTokens: 0, hitTokens: 0 },
    preempted: { lookUps: 0, queriedTokens: 0, hitTokens: 0 },
  };

  constructor(options: KvCacheOptions) {
    this.#options = options;
    this.#unit = leastMultiple(options.groups.map(({ blockSize }) => blockSize));
    this.#owners = Array.from({ length: options.numBlocks }, () => 0);
    this.#texts = Array.from({ length: options.numBlocks }, () => null);
    this.queue = this.#owners.map((_, block) => block).slice(1);
  }

  begin(handle: number, tokens: readonly string[]): void {
    const tables = this.#options.groups.map(() => []);
    this.#requests.set(handle, { tokens: [...tokens], tables, computed: 0, preempted: false });
  }

  append(handle: number, tokens: readonly string[]): void {
    this.#found = null;
    this.#requests.get(handle)!.tokens.push(...tokens);
  }

  lookUp(handle: number): number {
    if (!this.#options.prefixCaching) return 0;
    const { tokens, preempted } = this.#requests.get(handle)!;
    let hit = Math.max(0, tokens.length - 1);
    while (hit > 0 && !(hit % this.#unit === 0 && this.#serves(tokens, hit))) hit -= 1;
    this.#found = { handle, tokens: hit };
    const counts = preempted ? this.statistics.preempted : this.statistics.firstTime;
    counts.lookUps += 1;
    counts.queriedTokens += tokens.length;
    counts.hitTokens += hit;
    return hit;
  }

  allocate(handle: number, newTokens: number, mustFit: boolean): boolean {
    const request = this.#requests.get(handle)!;
    const hit = this.#found?.handle === handle ? this.#found.tokens : 0;
    this.#found = null;
    const { maxModelLen } = this.#options;
    const before = Math.min(request.computed + hit, maxModelLen);
    const end = Math.min(before + newTokens, maxModelLen);
    const all = Math.min(request.tokens.length, maxModelLen);
    if (mustFit && this.#need(request, hit, all, true) > this.queue.length) return false;
    this.#passWindows(request, before);
    if (this.#need(request, hit, end, false) > this.queue.length) return false;
    this.#options.groups.forEach((group, g) => {
      for (const block of this.#hitTable(request, hit, group, g)) {
        request.tables[g]!.push(block);
        if (block !== 0) this.#own(block);
      }
    });
    this.#options.groups.forEach(({ blockSize }, g) => {
      while (request.tables[g]!.length * blockSize < end) request.tables[g]!.push(this.#newBlock());
    });
    request.computed += hit + newTokens;
    this.#cacheFull(request, Math.min(before + newTokens, request.tokens.length));
    return true;
  }

  release(handle: number, ended: boolean): void {
    const request = this.#requests.get(handle)!;
    this.#found = null;
    for (const table of request.tables) this.#giveBack(table.toReversed());
    request.tables = this.#options.groups.map(() => []);
    request.computed = 0;
    request.preempted = true;
    if (ended) this.#requests.delete(handle);
  }

  reset(): boolean {
    if (this.#owners.some((owners) => owners > 0)) return false;
    this.#found = null;
    this.#texts.fill(null);
    this.#cache.clear();
    return true;
  }

  tables(handle: number): number[][] {
    return this.#requests.get(handle)!.tables;
  }

  has(handle: number): boolean {
    return this.#requests.has(handle);
  }

  holds(handle: number): boolean {
    return this.tables(handle).some((table) => table.length > 0);
  }

  get owners(): readonly number[] {
    return this.#owners;
  }

  get hashed(): number[] {
    return this.#owners.map((_, block) => block).filter((block) => this.#texts[block] !== null);
  }

  get cacheEntries(): number {
    return this.#cache.size;
  }

  #cached(group: number, tokens: readonly string[], index: number): number {
    const blocks = this.#cache.get(text(group, tokens, this.#endOf(group, index)));
    return blocks?.[0] ?? 0;
  }

  #endOf(group: number, index: number): number {
    return (index + 1) * this.#options.groups[group]!.blockSize;
  }

  /** Whether all that the token after the first `hit` ones attends to is cached. */
  #serves(tokens: readonly string[], hit: number): boolean {
    return this.#options.groups.every((group, g) =>
      range(hit / group.blockSize)
        .filter((index) => !isPassed(group, index, hit))
        .every((index) => this.#cached(g, tokens, index) !== 0),
    );
  }

  #hitTable(request: ModelRequest, hit: number, group: GroupSpec, g: number): number[] {
    return range(hit / group.blockSize).map((index) =>
      isPassed(group, index, hit) ? 0 : this.#cached(g, request.tokens, index),
    );
  }

  #need(request: ModelRequest, hit: number, end: number, atOnce: boolean): number {
    const needs = this.#options.groups.map((group, g) => {
      const found = this.#hitTable(request, hit, group, g);
      const have = request.tables[g]!.length + found.length;
      const wanted = Math.ceil(end / group.blockSize);
      const most = atOnce ? Math.min(wanted, this.#cap(group)) : wanted;
      const leaving = found.filter((block) => block !== 0 && this.#owners[block] === 0);
      return Math.max(0, most - have) + leaving.length;
    });
    return needs.reduce((a, b) => a + b);
  }

  #cap(group: GroupSpec): number {
    if (group.type === "full") return Number.POSITIVE_INFINITY;
    const { maxNumBatchedTokens, maxModelLen } = this.#options;
    const tokens = Math.min(group.window - 1 + maxNumBatchedTokens, maxModelLen);
    return Math.ceil(tokens / group.blockSize) + 1;
  }

  #passWindows(request: ModelRequest, computed: number): void {
    this.#options.groups.forEach((group, g) => {
      const table = request.tables[g]!;
      const passed = range(table.length)
        .filter((index) => table[index] !== 0 && isPassed(group, index, computed))
        .toReversed();
      this.#giveBack(passed.map((index) => table[index]!));
      for (const index of passed) table[index] = 0;
    });
  }

  /** Every block that became full, if a hit could ever need it. */
  #cacheFull(request: ModelRequest, to: number): void {
    if (!this.#options.prefixCaching) return;
    const lastEnd = Math.floor(to / this.#unit) * this.#unit;
    this.#options.groups.forEach((group, g) => {
      for (const index of range(lastEnd / group.blockSize)) {
        const block = request.tables[g]![index] ?? 0;
        const end = this.#endOf(g, index);
        const hitEnd = Math.ceil(end / this.#unit) * this.#unit;
        if (block === 0 || this.#texts[block] !== null || isPassed(group, index, hitEnd)) continue;
        const key = text(g, request.tokens, end);
        this.#texts[block] = key;
        this.#cache.set(key, [...(this.#cache.get(key) ?? []), block]);
      }
    });
  }

  #own(block: number): void {
    this.queue = this.queue.filter((free) => free !== block);
    this.#owners[block]! += 1;
  }

  #newBlock(): number {
    const block = this.queue.shift()!;
    const held = this.#texts[block]!;
    if (held !== null) {
      const rest = this.#cache.get(held)!.filter((other) => other !== block);
      if (rest.length > 0) this.#cache.set(held, rest);
      else this.#cache.delete(held);
      this.#texts[block] = null;
      this.evicted.push(block);
    }
    this.#owners[block] = 1;
    this.placed.push(block);
    return block;
  }

  #giveBack(blocks: readonly number[]): void {
    for (const block of blocks.filter((candidate) => candidate !== 0)) {
      this.#owners[block]! -= 1;
      if (this.#owners[block] === 0) this.queue.push(block);
    }
  }
}

/** Whether the token at position `next`, and so every later one, attends to nothing in the block at `index`. */
function isPassed(group: GroupSpec, index: number, next: number): boolean {
  const lastOfBlock = (index + 1) * group.blockSize - 1;
  return group.type === "sliding" && lastOfBlock <= next - group.window;
}

function text(group: number, tokens: readonly string[], end: number): string {
  return `${group}|${tokens.slice(0, end).join(" ")}`;
}

function leastMultiple(sizes: readonly number[]): number {
  let unit = 1;
  while (sizes.some((size) => unit % size !== 0)) unit += 1;
  return unit;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
