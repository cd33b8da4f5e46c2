import { Rows } from "../../core/rows";
import { AttentionGroup } from "./attention-group";
import { BlockCache } from "./block-cache";
import { NULL_BLOCK } from "./block-fields";
import { CachedRequest } from "./cached-request";
import { ContentChain, NONE, ROOT } from "./content-chain";
import { RequestContent } from "./request-content";

const FIRST_PLACES: i32 = 64;

/**
 * Finds the longest cached beginning of a request, and adds its full blocks (vLLM V1, `KVCacheCoordinator`). With several groups
 * of layers a hit must hold for each of them.
 */
@final
export class PrefixIndex {
  private readonly chain: ContentChain;
  private readonly cache: BlockCache;
  private readonly tables: Rows;
  private readonly groups: StaticArray<AttentionGroup>;
  /** The chain has a node every so many tokens: the common divisor of the groups' block sizes. */
  private readonly hashBlockSize: i32;
  private readonly alignment: i32;
  /** Hash blocks of a block of each group. */
  private readonly strides: StaticArray<i32>;
  /** Nodes that the request looked up last passes, one a hash block, as far as anybody has been. */
  private path: StaticArray<i32> = new StaticArray<i32>(FIRST_PLACES);
  /** The cached block at each index of its table in each group as far as that, or 0. */
  private readonly foundBlocks: StaticArray<StaticArray<i32>>;

  /** @param alignment Hits end at multiples of it, so nothing is added between. */
  constructor(
    chain: ContentChain,
    cache: BlockCache,
    tables: Rows,
    groups: StaticArray<AttentionGroup>,
    hashBlockSize: i32,
    alignment: i32,
  ) {
    const strides = new StaticArray<i32>(groups.length);
    const foundBlocks = new StaticArray<StaticArray<i32>>(groups.length);
    for (let group = 0; group < groups.length; group += 1) {
      strides[group] = groups[group].blockSize / hashBlockSize;
      foundBlocks[group] = new StaticArray<i32>(FIRST_PLACES);
    }
    this.chain = chain;
    this.cache = cache;
    this.tables = tables;
    this.groups = groups;
    this.hashBlockSize = hashBlockSize;
    this.alignment = alignment;
    this.strides = strides;
    this.foundBlocks = foundBlocks;
  }

  /** The longest beginning that is cached for all groups, in tokens: each shortens what the others agreed on, until all agree. */
  lookUp(request: CachedRequest): i32 {
    // The last token is always computed, for its output.
    const shared = min(request.content.tokens - 1, request.sharedTokens);
    return shared < this.hashBlockSize ? 0 : this.lookUpShared(request.content, shared);
  }

  private lookUpShared(content: RequestContent, limit: i32): i32 {
    const depth = this.followAll(content, limit);
    const groups = this.groups;
    const length = groups.length;
    for (let group = 0; group < length; group += 1) this.find(group, depth);
    let hit = depth * this.hashBlockSize;
    for (let group = 0, agreeing = 0; agreeing < length; group = (group + 1) % length) {
      const shorter = groups[group].longestHit(this.foundBlocks[group], hit);
      agreeing = shorter === hit ? agreeing + 1 : 1;
      hit = shorter;
    }
    return hit;
  }

  /** The cached block at each index of a group's table, or 0, of the request looked up last, as far as its hit. */
  @inline
  found(group: i32): StaticArray<i32> {
    return this.foundBlocks[group];
  }

  /** The request looked up last was given the first `tokens` tokens of what was found. */
  adopt(request: CachedRequest, tokens: i32): void {
    if (tokens > 0) this.settle(request, this.path[tokens / this.hashBlockSize - 1], tokens);
  }

  /** Caches the full blocks of the request's first `tokens` tokens, up to the last end of a possible hit. */
  add(request: CachedRequest, tokens: i32): void {
    const size = this.hashBlockSize;
    const end = tokens - (tokens % this.alignment);
    const content = request.content;
    const keyedTokens = request.keyedTokens;
    const firstTable = request.firstTable;
    if (end <= keyedTokens) return;
    content.seek(keyedTokens);
    let node = request.node;
    for (let at = keyedTokens; at < end; ) {
      const blocks = content.readBlocks(at, end, size);
      if (blocks > 0) node = this.addContent(firstTable, node, content, at, blocks);
      else {
        node = this.chain.intern(node, content, size);
        this.addRun(firstTable, node, at / size, 1);
      }
      at += max(blocks, 1) * size;
    }
    this.settle(request, node, end);
  }

  /**
   * The request is about to give back what it holds in the only group, `count` full blocks, and will ask for those that nobody else can ask
   * for: the first of them has its own key.
   */
  addOwn(request: CachedRequest, count: i32): void {
    const size = this.hashBlockSize;
    const own = request.keyedTokens / size;
    request.lostCount = max(0, count - own);
    if (request.lostCount === 0) return;
    const block = this.tables.column[this.tables.start(request.firstTable) + own];
    this.cache.insertOwn(block, request.ownKey);
    request.lostBlock = block;
    request.keyedTokens += size;
  }

  /** The request holds nothing any more. */
  @inline
  leave(request: CachedRequest): void {
    this.settle(request, ROOT, 0);
  }

  /** Caches the hash blocks just read, which begin at the token `at`; returns the last one's node. */
  private addContent(
    firstTable: i32,
    node: i32,
    content: RequestContent,
    at: i32,
    blocks: i32,
  ): i32 {
    const contentId = content.contentId;
    const offset = content.offset;
    const size = this.hashBlockSize;
    const before = at / size;
    let last = node;
    for (let added = 0; added < blocks; ) {
      const first = this.chain.go(last, contentId, offset + added * size, size);
      const more = this.chain.extend(first, blocks - added - 1);
      this.addRun(firstTable, first, before + added, more + 1);
      last = first + more;
      added += more + 1;
    }
    return last;
  }

  /** Caches the blocks that end with one of `count` hash blocks, `before` hash blocks from the beginning, which say the nodes from `node` on. */
  private addRun(firstTable: i32, node: i32, before: i32, count: i32): void {
    const tables = this.tables;
    const groups = this.groups;
    for (let group = 0; group < groups.length; group += 1) {
      const table = firstTable + group;
      if (this.strides[group] === 1 && groups[group].keepsAll) {
        // Of tokens beyond the longest request there are no blocks.
        const until = min(before + count, tables.length(table));
        const start = tables.start(table);
        if (until > before)
          this.cache.insertRun(tables.column, start + before, start + until, node, group);
        continue;
      }
      for (let passed = 0; passed < count; passed += 1)
        this.addBlock(table, group, node + passed, before + passed + 1);
    }
  }

  /** Caches the block of a group that ends with the first `hashBlocks` hash blocks, if one does. */
  private addBlock(table: i32, group: i32, node: i32, hashBlocks: i32): void {
    const stride = this.strides[group];
    if (hashBlocks % stride !== 0) return;
    const place = hashBlocks / stride - 1;
    if (!this.groups[group].servesHits(place)) return;
    const tables = this.tables;
    const reaches = place < tables.length(table);
    const block = reaches ? tables.column[tables.start(table) + place] : NULL_BLOCK;
    if (block !== NULL_BLOCK) this.cache.insert(block, node, group);
  }

  /** Hash blocks from the beginning that anybody has said, of the first `limit` tokens. */
  private followAll(content: RequestContent, limit: i32): i32 {
    const size = this.hashBlockSize;
    const last = limit / size;
    if (last > this.path.length) this.path = new StaticArray<i32>(2 * last);
    content.seek(0);
    let depth = 0;
    while (depth < last) {
      const blocks = content.readBlocks(depth * size, last * size, size);
      const reached =
        blocks > 0
          ? this.followContent(content, depth, depth + blocks)
          : this.followMixed(content, depth);
      if (reached < depth + max(blocks, 1)) return reached;
      depth = reached;
    }
    return depth;
  }

  /** The same from `depth` hash blocks on up to `until`, which say the content just read. */
  private followContent(content: RequestContent, depth: i32, until: i32): i32 {
    const contentId = content.contentId;
    const offset = content.offset;
    const path = this.path;
    const chain = this.chain;
    const size = this.hashBlockSize;
    let at = depth;
    for (let node = depth === 0 ? ROOT : path[depth - 1]; at < until; ) {
      const first = chain.child(node, contentId, offset + (at - depth) * size, size);
      if (first === NONE) break;
      node = first + chain.follow(first, until - at - 1);
      for (let passed = first; passed <= node; passed += 1) {
        path[at] = passed;
        at += 1;
      }
    }
    return at;
  }

  /** The same for one hash block, which says several contents. */
  private followMixed(content: RequestContent, depth: i32): i32 {
    const before = depth === 0 ? ROOT : this.path[depth - 1];
    const node = this.chain.find(before, content, this.hashBlockSize);
    this.path[depth] = node;
    return node === NONE ? depth : depth + 1;
  }

  private find(group: i32, depth: i32): void {
    const stride = this.strides[group];
    const blocks = depth / stride;
    if (blocks > this.foundBlocks[group].length)
      this.foundBlocks[group] = new StaticArray<i32>(2 * blocks);
    this.cache.findEach(this.path, stride, blocks, group, this.foundBlocks[group]);
  }

  private settle(request: CachedRequest, node: i32, tokens: i32): void {
    this.chain.move(request.node, node);
    request.node = node;
    request.keyedTokens = tokens;
  }
}
