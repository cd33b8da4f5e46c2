import { KvCacheManager } from "../../src/allocators/prefix-cached/kv-cache-manager.ts";
import { Digest } from "../../src/core/digest.ts";
import type { Segment } from "../../src/request.ts";
import { BLOCK_SIZE, type Workload } from "./workload.ts";

const REQUESTS = 4000;
const PROMPT_TOKENS = 1024;
const SHARED_TOKENS = 960;
const POOL_BLOCKS = 65_536;
/** Content that all requests begin with; the others say contents named by positive numbers. */
const SHARED_CONTENT = 0;

const DECODING_REQUESTS = 256;
const DECODING_PROMPT_TOKENS = 512;
const DECODED_TOKENS = 512;
const DECODING_POOL_BLOCKS = 32_768;

/** A manager of one group of full-attention layers. */
export function kvCache(numBlocks: number, prefixCaching: boolean): KvCacheManager {
  return new KvCacheManager({
    numBlocks,
    groups: [{ type: "full", blockSize: BLOCK_SIZE }],
    hashBlockSize: BLOCK_SIZE,
    prefixCaching,
    maxModelLen: 8192,
    maxNumBatchedTokens: 8192,
    placements: new Digest(),
    onEvict: null,
  });
}

/** The KV cache manager, one request after the other, and one step after the other. */
export const kvCacheWorkloads: readonly Workload[] = [
  {
    ...{ id: "W2", title: "look up, allocate 1024, free; cache off", unit: "requests" },
    ...{ recorded: 74_300, prepare: () => serveAll(false, 0) },
  },
  {
    ...{ id: "W2", title: "the same, cache on", unit: "requests" },
    ...{ recorded: 16_000, prepare: () => serveAll(true, 0) },
  },
  {
    ...{ id: "W2h", title: "build a request of 64 blocks", unit: "requests" },
    ...{ recorded: 8840, prepare: build },
  },
  {
    ...{ id: "W3", title: "as W2 on, 960 of 1024 shared", unit: "requests" },
    ...{ recorded: 18_700, prepare: () => serveAll(true, SHARED_TOKENS) },
  },
  {
    ...{ id: "W4", title: "append and allocate 1; cache off", unit: "calls" },
    ...{ recorded: 297_000, prepare: () => decodeAll(false) },
  },
  {
    ...{ id: "W4", title: "the same, cache on", unit: "calls" },
    ...{ recorded: 332_000, prepare: () => decodeAll(true) },
  },
];

/** The requests are built inside the clock (vLLM's were built and hashed outside), and names are used again as in a run. */
function serveAll(prefixCaching: boolean, sharedTokens: number): () => number {
  const cache = kvCache(POOL_BLOCKS, prefixCaching);
  return () => {
    for (let request = 0; request < REQUESTS; request += 1) {
      cache.begin(0, prompt(request, sharedTokens));
      const hit = cache.lookUp(0);
      if (!cache.allocate(0, PROMPT_TOKENS - hit)) throw new Error("a request was refused");
      cache.free(0);
    }
    return REQUESTS;
  };
}

function build(): () => number {
  const cache = kvCache(POOL_BLOCKS, true);
  return () => {
    for (let request = 0; request < REQUESTS; request += 1)
      cache.begin(request, prompt(request, 0));
    return REQUESTS;
  };
}

function decodeAll(prefixCaching: boolean): () => number {
  const cache = kvCache(DECODING_POOL_BLOCKS, prefixCaching);
  for (let request = 0; request < DECODING_REQUESTS; request += 1) {
    const contentId = request + 1;
    cache.begin(request, [{ contentId, offset: 0, length: DECODING_PROMPT_TOKENS }]);
    cache.allocate(request, DECODING_PROMPT_TOKENS);
  }
  return () => {
    for (let token = 0; token < DECODED_TOKENS; token += 1) {
      for (let request = 0; request < DECODING_REQUESTS; request += 1) {
        cache.append(request, request + 1, DECODING_PROMPT_TOKENS + token, 1);
        if (!cache.allocate(request, 1)) throw new Error("a token was refused");
      }
    }
    return DECODED_TOKENS * DECODING_REQUESTS;
  };
}

function prompt(request: number, sharedTokens: number): Segment[] {
  return [
    { contentId: SHARED_CONTENT, offset: 0, length: sharedTokens },
    { contentId: request + 1, offset: sharedTokens, length: PROMPT_TOKENS - sharedTokens },
  ];
}
