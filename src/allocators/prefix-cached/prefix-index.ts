import type { Rows } from "../../core/rows.ts";
import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";
import type { BlockCache } from "./block-cache.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import type { CachedRequest } from "./cached-request.ts";
import { type ContentChain, NONE, ROOT } from "./content-chain.ts";
import type { RequestContent } from "./request-content.ts";

/**
 * Finds the longest cached beginning of a request, and adds its full blocks (vLLM V1, `KVCacheCoordinator`). With several groups
 * of layers a hit must hold for each of them.
 */
export class PrefixIndex {
  private readonly chain: ContentChain;
  private readonly cache: BlockCache;
  private readonly tables: Rows;
  private readonly groups: readonly AttentionGroup[];
  /** The chain has a node every so many tokens: the common divisor of the groups' block sizes. */
  private readonly hashBlockSize: Tokens;
  private readonly alignment: Tokens;
  /** Hash blocks of a block of each group. */
  private readonly strides: Int32Array;
  /** Nodes that the request looked up last passes, one a hash block, as far as anybody has been. */
  #path = new Int32Array(64);
  /** The cached block at each index of its table in each group as far as that, or 0. */
  private readonly foundBlocks: Int32Array<ArrayBuffer>[];

  /** @param alignment Hits end at multiples of it, so nothing is added between. */
  constructor(
    chain: ContentChain,
    cache: BlockCache,
    tables: Rows,
    groups: readonly AttentionGroup[],
    hashBlockSize: Tokens,
    alignment: Tokens,
  ) {
    this.chain = chain;
    this.cache = cache;
    this.tables = tables;
    this.groups = groups;
    this.hashBlockSize = hashBlockSize;
    this.alignment = alignment;
    this.strides = Int32Array.from(groups, ({ blockSize }) => blockSize / hashBlockSize);
    this.foundBlocks = groups.map(() => new Int32Array(64));
  }

  /** The longest beginning that is cached for all groups, in tokens: each shortens what the others agreed on, until all agree. */
  lookUp({ content, sharedTokens }: CachedRequest): Tokens {
    // The last token is always computed, for its output.
    const shared = Math.min(content.tokens - 1, sharedTokens);
    return shared < this.hashBlockSize ? 0 : this.#lookUpShared(content, shared);
  }

  #lookUpShared(content: RequestContent, limit: Tokens): Tokens {
    const depth = this.#follow(content, limit);
    const { length } = this.groups;
    for (let group = 0; group < length; group += 1) this.#find(group, depth);
    let hit = depth * this.hashBlockSize;
    for (let group = 0, agreeing = 0; agreeing < length; group = (group + 1) % length) {
      const shorter = this.groups[group]!.longestHit(this.foundBlocks[group]!, hit);
      agreeing = shorter === hit ? agreeing + 1 : 1;
      hit = shorter;
    }
    return hit;
  }

  /** The cached block at each index of a group's table, or 0, of the request looked up last, as far as its hit. */
  found(group: number): Int32Array {
    return this.foundBlocks[group]!;
  }

  /** The request looked up last was given the first `tokens` tokens of what was found. */
  adopt(request: CachedRequest, tokens: Tokens): void {
    if (tokens > 0) this.#settle(request, this.#path[tokens / this.hashBlockSize - 1]!, tokens);
  }

  /** Caches the full blocks of the request's first `tokens` tokens, up to the last end of a possible hit. */
  add(request: CachedRequest, tokens: Tokens): void {
    const end = tokens - (tokens % this.alignment);
    const { content, keyedTokens, firstTable } = request;
    if (end <= keyedTokens) return;
    content.seek(keyedTokens);
    let { node } = request;
    for (let at = keyedTokens; at < end; ) {
      const blocks = this.#readBlocks(content, at, end);
      if (blocks > 0) node = this.#addContent(firstTable, node, content, at, blocks);
      else {
        node = this.chain.intern(node, content, this.hashBlockSize);
        this.#addRun(firstTable, node, at / this.hashBlockSize, 1);
      }
      at += Math.max(blocks, 1) * this.hashBlockSize;
    }
    this.#settle(request, node, end);
  }

  /**
   * The request is about to give back what it holds in the only group, `count` full blocks, and will ask for those that nobody else can ask
   * for: the first of them has its own key.
   */
  addOwn(request: CachedRequest, count: number): void {
    const size = this.hashBlockSize;
    const own = request.keyedTokens / size;
    request.lostCount = Math.max(0, count - own);
    if (request.lostCount === 0) return;
    const block = this.tables.column[this.tables.start(request.firstTable) + own]!;
    this.cache.insertOwn(block, request.ownKey);
    request.lostBlock = block;
    request.keyedTokens += size;
  }

  /** The request holds nothing any more. */
  leave(request: CachedRequest): void {
    this.#settle(request, ROOT, 0);
  }

  /** Hash blocks from the token `at` on, before the token `end`, that say one content and no other; read then. 0: not even one does. */
  #readBlocks(content: RequestContent, at: Tokens, end: Tokens): number {
    content.read(end - at);
    const { length } = content;
    const rest = length % this.hashBlockSize;
    if (rest > 0) content.seek(at);
    if (rest > 0 && rest < length) content.read(length - rest);
    return (length - rest) / this.hashBlockSize;
  }

  /** Caches the hash blocks just read, which begin at the token `at`; returns the last one's node. */
  #addContent(
    firstTable: number,
    node: number,
    { contentId, offset }: RequestContent,
    at: Tokens,
    blocks: number,
  ): number {
    const size = this.hashBlockSize;
    const before = at / size;
    let last = node;
    for (let added = 0; added < blocks; ) {
      const first = this.chain.go(last, contentId, offset + added * size, size);
      const more = this.chain.extend(first, blocks - added - 1);
      this.#addRun(firstTable, first, before + added, more + 1);
      last = first + more;
      added += more + 1;
    }
    return last;
  }

  /** Caches the blocks that end with one of `count` hash blocks, `before` hash blocks from the beginning, which say the nodes from `node` on. */
  #addRun(firstTable: number, node: number, before: number, count: number): void {
    const { column } = this.tables;
    for (let group = 0; group < this.groups.length; group += 1) {
      const table = firstTable + group;
      if (this.strides[group] === 1 && this.groups[group]!.keepsAll) {
        // Of tokens beyond the longest request there are no blocks.
        const until = Math.min(before + count, this.tables.length(table));
        const start = this.tables.start(table);
        if (until > before)
          this.cache.insertRun(column, start + before, start + until, node, group);
        continue;
      }
      for (let passed = 0; passed < count; passed += 1)
        this.#addBlock(table, group, node + passed, before + passed + 1);
    }
  }

  /** Caches the block of a group that ends with the first `hashBlocks` hash blocks, if one does. */
  #addBlock(table: number, group: number, node: number, hashBlocks: number): void {
    const tables = this.tables;
    const place = hashBlocks / this.strides[group]! - 1;
    if (place !== Math.floor(place) || !this.groups[group]!.servesHits(place)) return;
    const reaches = place < tables.length(table);
    const block = reaches ? tables.column[tables.start(table) + place]! : NULL_BLOCK;
    if (block !== NULL_BLOCK) this.cache.insert(block, node, group);
  }

  /** Hash blocks from the beginning that anybody has said, of the first `limit` tokens. */
  #follow(content: RequestContent, limit: Tokens): number {
    const size = this.hashBlockSize;
    const last = Math.floor(limit / size);
    if (last > this.#path.length) this.#path = new Int32Array(2 * last);
    content.seek(0);
    let depth = 0;
    while (depth < last) {
      const blocks = this.#readBlocks(content, depth * size, last * size);
      const reached =
        blocks > 0
          ? this.#followContent(content, depth, depth + blocks)
          : this.#followMixed(content, depth);
      if (reached < depth + Math.max(blocks, 1)) return reached;
      depth = reached;
    }
    return depth;
  }

  /** The same from `depth` hash blocks on up to `until`, which say the content just read. */
  #followContent({ contentId, offset }: RequestContent, depth: number, until: number): number {
    const path = this.#path;
    const size = this.hashBlockSize;
    let at = depth;
    for (let node = depth === 0 ? ROOT : path[depth - 1]!; at < until; ) {
      const first = this.chain.child(node, contentId, offset + (at - depth) * size, size);
      if (first === NONE) break;
      node = first + this.chain.follow(first, until - at - 1);
      for (let passed = first; passed <= node; passed += 1) path[at++] = passed;
    }
    return at;
  }

  /** The same for one hash block, which says several contents. */
  #followMixed(content: RequestContent, depth: number): number {
    const before = depth === 0 ? ROOT : this.#path[depth - 1]!;
    const node = this.chain.find(before, content, this.hashBlockSize);
    this.#path[depth] = node;
    return node === NONE ? depth : depth + 1;
  }

  #find(group: number, depth: number): void {
    const stride = this.strides[group]!;
    const blocks = Math.floor(depth / stride);
    if (blocks > this.foundBlocks[group]!.length)
      this.foundBlocks[group] = new Int32Array(2 * blocks);
    this.cache.findEach(this.#path, stride, blocks, group, this.foundBlocks[group]!);
  }

  #settle(request: CachedRequest, node: number, tokens: Tokens): void {
    this.chain.move(request.node, node);
    request.node = node;
    request.keyedTokens = tokens;
  }
}
