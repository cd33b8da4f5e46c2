import { Digest } from "../../src/core/digest.ts";
import type { Segment } from "../../src/request.ts";
import { type Compiled, type CompileOptions, compiled, integersAt, sourceAt } from "./compiled.ts";

/** What stands for all tokens where tokens have 32 bits. */
const ALL = 2 ** 31 - 1;

/** Layers that share block tables: full attention, or attention to the last `window` tokens only, the newest included. */
export type GroupSpec =
  | { readonly type: "full"; readonly blockSize: number }
  | { readonly type: "sliding"; readonly blockSize: number; readonly window: number };

/** What a KV cache manager is made of. */
export interface KvCacheOptions {
  /** All blocks of the pool, ≥ 1, the null block among them. */
  readonly numBlocks: number;
  /** At least one; each is given its blocks in this order. */
  readonly groups: readonly GroupSpec[];
  readonly hashBlockSize: number;
  readonly prefixCaching: boolean;
  readonly maxModelLen: number;
  readonly maxNumBatchedTokens: number;
}

/** The whole pool. */
export interface KvCacheLayout {
  /** Owners of each block; of the null block 0. */
  readonly referenceCounts: readonly number[];
  /** Free blocks, first to be handed out first. */
  readonly freeQueue: readonly number[];
  /** Blocks that are cached, ascending; those that nobody could ask for only once they are free. */
  readonly hashed: readonly number[];
  readonly cacheEntries: number;
  readonly contentRuns: number;
}

/** Look-ups and what they found. */
export interface LookUpCounts {
  readonly lookUps: number;
  readonly queriedTokens: number;
  readonly hitTokens: number;
}

/** What test/engine/kv-cache.as exports. */
type Exports = Compiled<
  | ("mark" | "release" | "newDigest" | "firstLane" | "secondLane" | "newIntegers" | "newKvCache")
  | ("begin" | "append" | "lookUp" | "allocate" | "join" | "fill" | "open" | "leave")
  | ("preempt" | "free" | "reset" | "needBlocks" | "freeBlocks" | "cachedFreeBlocks")
  | ("evictedBlocks" | "usage" | "knownTokens" | "computedTokens" | "requestBlocks")
  | ("heldBlocks" | "commonPrefixBlocks" | "holders" | "table" | "hitBlocks" | "referenceCounts")
  | ("freeQueue" | "hashed" | "cacheEntries" | "contentRuns" | "firstTimeCounts")
  | ("preemptedCounts" | "lookUps" | "queriedTokens" | "hitTokens")
>;

const FREE_QUEUE = "engine/allocators/prefix-cached/free-queue.ts";
const CONTENT_HASH = "engine/allocators/prefix-cached/content-hash.ts";

/** A hash of AssemblyScript in place of the engine's own: any will do, a poor one costs time. */
export function hashedBy(expression: string): NonNullable<CompileOptions["edits"]> {
  const parameters = "parent: i32, contentId: i32, offset: i32, length: i32";
  return {
    [CONTENT_HASH]: () =>
      `export function contentHash(${parameters}): i32 { return ${expression}; }`,
  };
}

/** The engine's queue of free blocks, which tells nobody what it evicts, with a line more where it sees that a block holds content. */
function tellingEvictions(text: string): string {
  const seen = "cached += entry & CACHED;";
  const [ahead, ...behind] = text.split(seen);
  if (behind.length !== 2) throw new Error(`${FREE_QUEUE} hands out blocks otherwise than it did`);
  const told = `${seen}\nif ((entry & CACHED) !== 0) evicted(block);`;
  const declared = '@external("host", "evicted")\ndeclare function evicted(block: i32): void;';
  return `${[ahead, ...behind].join(told)}\n${declared}\n`;
}

/** The engine's KV caches, in a module of their own. */
export class KvCaches<Name extends string = never> {
  readonly module: Exports & Compiled<Name>;
  /** Hears of each block that loses what it holds because it is handed out, in order. */
  onEvict: (block: number) => void = () => {};
  #segments = 0;
  #segmentPlaces = 0;

  private constructor(module: Exports & Compiled<Name>) {
    this.module = module;
  }

  /** `more`: AssemblyScript behind that of kv-cache.as, which exports functions with these names. */
  static async compile<Name extends string = never>(
    edits: CompileOptions["edits"] = {},
    more = "",
    host: Readonly<Record<string, (...values: number[]) => unknown>> = {},
  ): Promise<KvCaches<Name>> {
    const source = sourceAt("test/engine/kv-cache.as") + more;
    let caches: KvCaches<Name> | null = null;
    const evicted = (block: number): void => caches?.onEvict(block);
    const options = { edits: { [FREE_QUEUE]: tellingEvictions, ...edits } };
    const module = await compiled(source, { evicted, ...host }, options);
    caches = new KvCaches(module as unknown as Exports & Compiled<Name>);
    return caches;
  }

  /** The entries of a list that a call gives, which is not needed any more. */
  list(give: () => number): number[] {
    const { module } = this;
    const mark = module.mark();
    const entries = Array.from(integersAt(module, give()));
    module.release(mark);
    return entries;
  }

  /** A list of the engine's. */
  newIntegers(entries: readonly number[]): number {
    const address = this.module.newIntegers(entries.length);
    integersAt(this.module, address).set(entries);
    return address;
  }

  /** Segments as the engine reads them, until others are given. */
  segments(segments: readonly Segment[]): number {
    if (segments.length > this.#segmentPlaces) {
      this.#segmentPlaces = 2 * segments.length;
      this.#segments = this.module.newIntegers(3 * this.#segmentPlaces);
    }
    if (segments.length > 0) {
      const parts = segments.flatMap(({ contentId, offset, length }) => [
        contentId,
        offset,
        length,
      ]);
      integersAt(this.module, this.#segments).set(parts);
    }
    return this.#segments;
  }
}

/** The engine's class of this name (engine/allocators/prefix-cached/kv-cache-manager.ts). */
export class KvCacheManager {
  readonly address: number;
  readonly #placements: number;
  readonly #caches: KvCaches;
  readonly #module: Exports;
  readonly #onEvict: (block: number) => void;

  constructor(
    caches: KvCaches,
    options: KvCacheOptions,
    onEvict: (block: number) => void = () => {},
  ) {
    const { groups } = options;
    const windows = groups.map((group) => (group.type === "full" ? 0 : group.window));
    this.#caches = caches;
    this.#module = caches.module;
    this.#onEvict = onEvict;
    this.#placements = this.#module.newDigest();
    this.address = this.#module.newKvCache(
      options.numBlocks,
      caches.newIntegers(groups.map(({ blockSize }) => blockSize)),
      caches.newIntegers(windows),
      options.hashBlockSize,
      Number(options.prefixCaching),
      options.maxModelLen,
      options.maxNumBatchedTokens,
      this.#placements,
    );
  }

  begin(handle: number, segments: readonly Segment[], sharedTokens = Infinity): void {
    const { address } = this;
    const shared = Math.min(sharedTokens, ALL);
    const parts = this.#caches.segments(segments);
    this.#module.begin(address, handle, parts, segments.length, shared);
  }

  append(handle: number, contentId: number, offset: number, length: number): void {
    this.#module.append(this.address, handle, contentId, offset, length);
  }

  lookUp(handle: number): number {
    return this.#module.lookUp(this.address, handle);
  }

  allocate(handle: number, newTokens: number, mustFit = false): boolean {
    this.#caches.onEvict = this.#onEvict;
    return this.#module.allocate(this.address, handle, newTokens, Number(mustFit)) !== 0;
  }

  join(handle: number, tokens: number): void {
    this.#module.join(this.address, handle, tokens);
  }

  fill(handle: number, tokens: number): void {
    this.#module.fill(this.address, handle, tokens);
  }

  open(handle: number): boolean {
    this.#caches.onEvict = this.#onEvict;
    return this.#module.open(this.address, handle) !== 0;
  }

  leave(handle: number, computedTokens: number, knownTokens: number): void {
    this.#module.leave(this.address, handle, computedTokens, knownTokens);
  }

  preempt(handle: number): void {
    this.#module.preempt(this.address, handle);
  }

  free(handle: number): void {
    this.#module.free(this.address, handle);
  }

  reset(): boolean {
    return this.#module.reset(this.address) !== 0;
  }

  get needBlocks(): number {
    return this.#module.needBlocks(this.address);
  }

  get freeBlocks(): number {
    return this.#module.freeBlocks(this.address);
  }

  get cachedFreeBlocks(): number {
    return this.#module.cachedFreeBlocks(this.address);
  }

  get evictedBlocks(): number {
    return this.#module.evictedBlocks(this.address);
  }

  get usage(): number {
    return this.#module.usage(this.address);
  }

  /** The digest of all blocks handed out, in order. */
  get placed(): string {
    const digest = new Digest();
    digest.first = this.#module.firstLane(this.#placements);
    digest.second = this.#module.secondLane(this.#placements);
    return digest.hex();
  }

  get statistics(): { readonly firstTime: LookUpCounts; readonly preempted: LookUpCounts } {
    return {
      firstTime: this.#counts(this.#module.firstTimeCounts(this.address)),
      preempted: this.#counts(this.#module.preemptedCounts(this.address)),
    };
  }

  knownTokens(handle: number): number {
    return this.#module.knownTokens(this.address, handle);
  }

  computedTokens(handle: number): number {
    return this.#module.computedTokens(this.address, handle);
  }

  requestBlocks(tokens: number): number {
    return this.#module.requestBlocks(this.address, tokens);
  }

  heldBlocks(handle: number): number {
    return this.#module.heldBlocks(this.address, handle);
  }

  commonPrefixBlocks(handle: number, group: number): number {
    return this.#module.commonPrefixBlocks(this.address, handle, group);
  }

  holders(): number[] {
    return this.#list(() => this.#module.holders(this.address));
  }

  table(handle: number, group: number): number[] {
    return this.#list(() => this.#module.table(this.address, handle, group));
  }

  hitBlocks(group: number): number[] {
    return this.#list(() => this.#module.hitBlocks(this.address, group));
  }

  inspect(): KvCacheLayout {
    const { address } = this;
    const module = this.#module;
    return {
      referenceCounts: this.#list(() => module.referenceCounts(address)),
      freeQueue: this.#list(() => module.freeQueue(address)),
      hashed: this.#list(() => module.hashed(address)),
      cacheEntries: module.cacheEntries(address),
      contentRuns: module.contentRuns(address),
    };
  }

  #list(give: () => number): number[] {
    return this.#caches.list(give);
  }

  #counts(counts: number): LookUpCounts {
    return {
      lookUps: this.#module.lookUps(counts),
      queriedTokens: this.#module.queriedTokens(counts),
      hitTokens: this.#module.hitTokens(counts),
    };
  }
}
