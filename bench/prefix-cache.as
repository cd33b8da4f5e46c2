// Work on the engine's prefix cache, which knows requests by handle 0 where only one is there at a time.
import { BlockCache } from "./engine/allocators/prefix-cached/block-cache";
import { newBlockFields } from "./engine/allocators/prefix-cached/block-fields";
import { CachingBlockPool } from "./engine/allocators/prefix-cached/caching-block-pool";
import { ContentChain } from "./engine/allocators/prefix-cached/content-chain";
import { KvCacheManager } from "./engine/allocators/prefix-cached/kv-cache-manager";
import { Digest } from "./engine/core/digest";
import { mark, release } from "./engine/core/memory";
import { Rows } from "./engine/core/rows";

/** A prompt of at most two segments. */
const segments = new StaticArray<i32>(6);
/** Content that all requests begin with; the others say contents named by positive numbers. */
const SHARED_CONTENT: i32 = 0;

const start = mark();

/** Takes back the memory of all that was made so far. */
export function restart(): void {
  release(start);
}

export function newIntegers(length: i32): StaticArray<i32> {
  return new StaticArray<i32>(length);
}

export function newPool(blocks: i32): CachingBlockPool {
  const fields = newBlockFields(blocks);
  return new CachingBlockPool(fields, new BlockCache(fields, 1, new ContentChain()), new Digest());
}

/** Room for so many tables of so many blocks. */
export function newTables(tables: i32, blocks: i32): Rows {
  const rows = new Rows();
  rows.reserve(tables - 1, blocks);
  return rows;
}

/** Fills so many tables with so many blocks each, and gives all back; again and again. */
export function takeAndFree(
  pool: CachingBlockPool,
  rows: Rows,
  tables: i32,
  blocks: i32,
  rounds: i32,
): void {
  for (let round = 0; round < rounds; round += 1) {
    for (let row = 0; row < tables; row += 1) pool.take(blocks, rows, row);
    for (let row = 0; row < tables; row += 1) {
      const from = rows.start(row);
      pool.releaseEach(rows.column, from, rows.end(row), from, from);
      rows.setLength(row, 0);
    }
  }
}

/** A manager of one group of full-attention layers. */
export function newKvCache(
  numBlocks: i32,
  blockSize: i32,
  prefixCaching: bool,
  maxTokens: i32,
): KvCacheManager {
  const blockSizes = new StaticArray<i32>(1);
  blockSizes[0] = blockSize;
  return new KvCacheManager(
    numBlocks,
    blockSizes,
    new StaticArray<i32>(1),
    blockSize,
    prefixCaching,
    maxTokens,
    maxTokens,
    new Digest(),
  );
}

/** Requests one after the other, each with a prompt of its own behind what all share. */
export function serveAll(
  cache: KvCacheManager,
  requests: i32,
  promptTokens: i32,
  sharedTokens: i32,
): void {
  for (let request = 0; request < requests; request += 1) {
    beginShared(cache, 0, request, promptTokens, sharedTokens);
    const hit = cache.lookUp(0);
    assert(cache.allocate(0, promptTokens - hit), "a request is refused");
    cache.free(0);
  }
}

/** Requests that only begin. */
export function build(cache: KvCacheManager, requests: i32, promptTokens: i32): void {
  for (let request = 0; request < requests; request += 1)
    beginShared(cache, request, request, promptTokens, 0);
}

/** Requests that have computed their prompts. */
export function startDecoding(cache: KvCacheManager, requests: i32, promptTokens: i32): void {
  for (let request = 0; request < requests; request += 1) {
    beginOwn(cache, request, request + 1, promptTokens);
    assert(cache.allocate(request, promptTokens), "a prompt is refused");
  }
}

/** They say so many tokens, one in a step. */
export function decode(
  cache: KvCacheManager,
  requests: i32,
  promptTokens: i32,
  tokens: i32,
): void {
  for (let token = 0; token < tokens; token += 1) {
    for (let request = 0; request < requests; request += 1) {
      cache.append(request, request + 1, promptTokens + token, 1);
      assert(cache.allocate(request, 1), "a token is refused");
    }
  }
}

/** Cached prompts that nobody holds: as many as there are contents, of so many tokens each. */
export function fill(cache: KvCacheManager, contents: i32, tokens: i32): void {
  for (let content = 0; content < contents; content += 1) {
    beginOwn(cache, 0, content, tokens);
    assert(cache.allocate(0, tokens), "a prompt is refused");
    cache.free(0);
  }
}

/** Looks up prompts of contents that are numbered from `from` on. Returns how many tokens were hit. */
export function lookUpAll(
  cache: KvCacheManager,
  contents: StaticArray<i32>,
  from: i32,
  tokens: i32,
): f64 {
  let hits: f64 = 0;
  for (let at = 0; at < contents.length; at += 1) {
    beginOwn(cache, 0, from + contents[at], tokens);
    hits += cache.lookUp(0);
    cache.free(0);
  }
  return hits;
}

/** The same, and each is given its blocks and gives them back. */
export function takeAll(cache: KvCacheManager, contents: StaticArray<i32>, tokens: i32): void {
  for (let at = 0; at < contents.length; at += 1) {
    beginOwn(cache, 0, contents[at], tokens);
    const hit = cache.lookUp(0);
    assert(cache.allocate(0, tokens - hit), "a prompt is refused");
    cache.free(0);
  }
}

function beginOwn(cache: KvCacheManager, handle: i32, contentId: i32, tokens: i32): void {
  segments[0] = contentId;
  segments[1] = 0;
  segments[2] = tokens;
  cache.begin(handle, segments, 1);
}

function beginShared(
  cache: KvCacheManager,
  handle: i32,
  request: i32,
  promptTokens: i32,
  sharedTokens: i32,
): void {
  segments[0] = SHARED_CONTENT;
  segments[1] = 0;
  segments[2] = sharedTokens;
  segments[3] = request + 1;
  segments[4] = sharedTokens;
  segments[5] = promptTokens - sharedTokens;
  cache.begin(handle, segments, 2);
}
