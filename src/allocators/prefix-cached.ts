import { z } from "zod";
import { MOST_BLOCK_SLOTS } from "../request.ts";
import type { KvCacheDefinition } from "./definition.ts";

const options = z.strictObject({
  blockSize: z.int().min(1).max(MOST_BLOCK_SLOTS).default(16).describe("slots of a block"),
  caching: z
    .boolean()
    .default(true)
    .describe("false keeps nothing for later requests (vLLM's --no-enable-prefix-caching)"),
});

/** vLLM V1's KV cache in a config: `strategy: prefix-cached`. */
export const prefixCached: KvCacheDefinition = {
  strategy: "prefix-cached",
  summary:
    "blocks that requests with the same beginning share, evicted least recently used first (vLLM V1)",
  options,
  label: ({ blockSize, caching }) =>
    `prefix-cached ${blockSize}${caching === true ? "" : " caching off"}`,
  createCache(given, { engine, slots, maxModelLen, maxBatchedTokens, cells }) {
    const { blockSize, caching } = options.parse(given);
    // A pool without room for a block still has its null block, and nothing else.
    const blocks = Math.max(1, Math.floor(slots / blockSize));
    const isOn = caching ? 1 : 0;
    const cache = engine.newKvCache(blocks, blockSize, isOn, maxModelLen, maxBatchedTokens, cells);
    const pool = engine.newCachingPool(cache, slots, blockSize, blocks);
    return { pool, blockSize, cache, keepsContent: caching };
  },
};
