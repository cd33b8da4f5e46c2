import { z } from "zod";
import type { KvCacheDefinition } from "./definition.ts";
import { CachingPool } from "./prefix-cached/caching-pool.ts";
import { KvCacheManager } from "./prefix-cached/kv-cache-manager.ts";

interface PrefixCachedOptions {
  readonly blockSize: number;
  readonly caching: boolean;
}

/** vLLM V1's KV cache in a config: `strategy: prefix-cached`. */
export const prefixCached: KvCacheDefinition = {
  strategy: "prefix-cached",
  summary:
    "blocks that requests with the same beginning share, evicted least recently used first (vLLM V1)",
  options: z.strictObject({
    blockSize: z.int().min(1).default(16).describe("slots of a block"),
    caching: z
      .boolean()
      .default(true)
      .describe("false keeps nothing for later requests (vLLM's --no-enable-prefix-caching)"),
  }),
  label: ({ blockSize, caching }) =>
    `prefix-cached ${blockSize}${caching === true ? "" : " caching off"}`,
  createCache(options, { slots, maxModelLen, maxBatchedTokens, placements }) {
    const { blockSize, caching } = options as unknown as PrefixCachedOptions;
    // A pool without room for a block still has its null block, and nothing else.
    const numBlocks = Math.max(1, Math.floor(slots / blockSize));
    const cache = new KvCacheManager({
      numBlocks,
      groups: [{ type: "full", blockSize }],
      hashBlockSize: blockSize,
      prefixCaching: caching,
      maxModelLen,
      maxNumBatchedTokens: maxBatchedTokens,
      placements,
      onEvict: null,
    });
    return { cache, pool: new CachingPool(cache, { slots, blockSize, numBlocks }) };
  },
};
