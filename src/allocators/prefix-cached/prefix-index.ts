import type { Tokens } from "../../request.ts";
import type { AttentionGroup, CachedBlocks } from "./attention-group.ts";
import type { BlockCache } from "./block-cache.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import type { CachedRequest } from "./cached-request.ts";
import { type ContentChain, NONE, ROOT } from "./content-chain.ts";
import { CACHED, CONTENT, FROM, type HolderRows, NODE, SHIFT, WIDTH } from "./holder-rows.ts";
import type { RequestContent } from "./request-content.ts";

/**
 * Finds the longest cached beginning of a request, and adds its full blocks (vLLM V1, `KVCacheCoordinator`). With several groups
 * of layers a hit must hold for each of them.
 */
export class PrefixIndex implements CachedBlocks {
  readonly #chain: ContentChain;
  readonly #cache: BlockCache;
  readonly #rows: HolderRows;
  readonly #groups: readonly AttentionGroup[];
  /** The chain has a node every so many tokens: the common divisor of the groups' block sizes. */
  readonly #hashBlockSize: Tokens;
  readonly #alignment: Tokens;
  /** Hash blocks of a block of each group. */
  readonly #strides: Int32Array;
  /** Nodes that the request looked up last passes, one a hash block, as far as anybody has been. */
  #path = new Int32Array(64);
  #depth = 0;

  /** @param alignment Hits end at multiples of it, so nothing is added between. */
  constructor(
    chain: ContentChain,
    cache: BlockCache,
    rows: HolderRows,
    groups: readonly AttentionGroup[],
    hashBlockSize: Tokens,
    alignment: Tokens,
  ) {
    this.#chain = chain;
    this.#cache = cache;
    this.#rows = rows;
    this.#groups = groups;
    this.#hashBlockSize = hashBlockSize;
    this.#alignment = alignment;
    this.#strides = Int32Array.from(groups, ({ blockSize }) => blockSize / hashBlockSize);
  }

  /** The longest beginning that is cached for all groups, in tokens: each shortens what the others agreed on, until all agree. */
  lookUp(request: CachedRequest): Tokens {
    this.#follow(request);
    const { length } = this.#groups;
    let hit = this.#depth * this.#hashBlockSize;
    let agreeing = 0;
    for (let group = 0; agreeing < length; group = (group + 1) % length) {
      const shorter = this.#groups[group]!.longestHit(this, hit);
      agreeing = shorter === hit ? agreeing + 1 : 1;
      hit = shorter;
    }
    return hit;
  }

  /** The cached block at `index` of a group's table, of the request looked up last, or 0. */
  block(group: number, index: number): number {
    const end = (index + 1) * this.#strides[group]!;
    return end <= this.#depth ? this.#cache.find(this.#path[end - 1]!, group) : NULL_BLOCK;
  }

  /** The request looked up last was given the first `tokens` tokens of what was found. */
  adopt(request: CachedRequest, tokens: Tokens): void {
    this.#settle(request.row, this.#path[tokens / this.#hashBlockSize - 1]!, tokens);
  }

  /** Caches the full blocks of the request's first `tokens` tokens, up to the last end of a possible hit. */
  add(request: CachedRequest, tokens: Tokens): void {
    const end = tokens - (tokens % this.#alignment);
    const { content, row } = request;
    const cachedTokens = this.#rows.fields[row * WIDTH + CACHED]!;
    if (end <= cachedTokens) return;
    content.seek(cachedTokens);
    let node = this.#rows.fields[row * WIDTH + NODE]!;
    for (let at = cachedTokens; at < end; ) {
      const blocks = this.#readBlocks(content, at, end);
      if (blocks > 0) node = this.#addRun(row, node, content, at, blocks);
      else {
        node = this.#chain.intern(node, content, this.#hashBlockSize);
        this.#addBlocks(row, node, at / this.#hashBlockSize + 1);
      }
      at += Math.max(blocks, 1) * this.#hashBlockSize;
    }
    this.#settle(row, node, end);
  }

  /**
   * The same for the last block of the only table of a request, which it has just filled, if it says there what `CONTENT`, `SHIFT` and
   * `FROM` of its row tell; returns false, having done nothing, if it says something else.
   */
  addLast(row: number, blockSize: Tokens): boolean {
    const { fields, tables } = this.#rows;
    const at = row * WIDTH;
    const last = tables.lengths[row]! - 1;
    const begin = last * blockSize;
    const cached = fields[at + CACHED]!;
    if (cached > begin) return true;
    if (cached < begin || begin < fields[at + FROM]!) return false;
    const node = fields[at + NODE]!;
    const offset = (begin + fields[at + SHIFT]!) | 0;
    const next = this.#chain.go(node, fields[at + CONTENT]!, offset, blockSize);
    this.#cache.insert(tables.blocks[row * tables.stride + last]!, next, 0);
    this.#chain.move(node, next);
    fields[at + NODE] = next;
    fields[at + CACHED] = begin + blockSize;
    return true;
  }

  /** The request holds nothing any more. */
  leave(row: number): void {
    this.#settle(row, ROOT, 0);
  }

  /** Hash blocks from the token `at` on, before the token `end`, that say one content and no other; read then. 0: not even one does. */
  #readBlocks(content: RequestContent, at: Tokens, end: Tokens): number {
    content.read(end - at);
    const { length } = content;
    const rest = length % this.#hashBlockSize;
    if (rest > 0) content.seek(at);
    if (rest > 0 && rest < length) content.read(length - rest);
    return (length - rest) / this.#hashBlockSize;
  }

  /** Caches the hash blocks just read, which begin at the token `at`; returns the last one's node. */
  #addRun(
    row: number,
    node: number,
    { contentId, offset }: RequestContent,
    at: Tokens,
    blocks: number,
  ): number {
    const size = this.#hashBlockSize;
    const first = at / size;
    let last = node;
    for (let block = 0; block < blocks; block += 1) {
      last = this.#chain.go(last, contentId, offset + block * size, size);
      this.#addBlocks(row, last, first + block + 1);
    }
    return last;
  }

  /** Caches the blocks that end with the first `hashBlocks` hash blocks. */
  #addBlocks(row: number, node: number, hashBlocks: number): void {
    const { blocks: column, lengths, stride } = this.#rows.tables;
    for (let group = 0; group < this.#groups.length; group += 1) {
      const place = hashBlocks / this.#strides[group]! - 1;
      if (place !== Math.floor(place) || !this.#groups[group]!.servesHits(place)) continue;
      const table = row * this.#groups.length + group;
      // Of tokens beyond the longest request there are no blocks.
      const block = place < lengths[table]! ? column[table * stride + place]! : NULL_BLOCK;
      if (block !== NULL_BLOCK) this.#cache.insert(block, node, group);
    }
  }

  /** Leaves out the last token, which is always computed, for its output. */
  #follow(request: CachedRequest): void {
    const { content } = request;
    const last = Math.floor((content.tokens - 1) / this.#hashBlockSize);
    if (last > this.#path.length) this.#path = new Int32Array(2 * last);
    content.seek(0);
    let depth = 0;
    for (let node = ROOT; depth < last; depth += 1) {
      node = this.#chain.find(node, content, this.#hashBlockSize);
      if (node === NONE) break;
      this.#path[depth] = node;
    }
    this.#depth = depth;
  }

  #settle(row: number, node: number, tokens: Tokens): void {
    const { fields } = this.#rows;
    this.#chain.move(fields[row * WIDTH + NODE]!, node);
    fields[row * WIDTH + NODE] = node;
    fields[row * WIDTH + CACHED] = tokens;
  }
}
