import { prefixCache } from "../prefix-cache.ts";
import { BLOCK_SIZE, type Workload } from "./workload.ts";

const REQUESTS = 4000;
const PROMPT_TOKENS = 1024;
const SHARED_TOKENS = 960;
const POOL_BLOCKS = 65_536;
/** Of a request, and of a step. */
const MAX_TOKENS = 8192;

const DECODING_REQUESTS = 256;
const DECODING_PROMPT_TOKENS = 512;
const DECODED_TOKENS = 512;
const DECODING_POOL_BLOCKS = 32_768;

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
async function serveAll(prefixCaching: boolean, sharedTokens: number): Promise<() => number> {
  const engine = await prefixCache();
  const cache = kvCache(engine, POOL_BLOCKS, prefixCaching);
  return () => {
    engine.serveAll(cache, REQUESTS, PROMPT_TOKENS, sharedTokens);
    return REQUESTS;
  };
}

async function build(): Promise<() => number> {
  const engine = await prefixCache();
  const cache = kvCache(engine, POOL_BLOCKS, true);
  return () => {
    engine.build(cache, REQUESTS, PROMPT_TOKENS);
    return REQUESTS;
  };
}

async function decodeAll(prefixCaching: boolean): Promise<() => number> {
  const engine = await prefixCache();
  const cache = kvCache(engine, DECODING_POOL_BLOCKS, prefixCaching);
  engine.startDecoding(cache, DECODING_REQUESTS, DECODING_PROMPT_TOKENS);
  return () => {
    engine.decode(cache, DECODING_REQUESTS, DECODING_PROMPT_TOKENS, DECODED_TOKENS);
    return DECODED_TOKENS * DECODING_REQUESTS;
  };
}

function kvCache(
  engine: Awaited<ReturnType<typeof prefixCache>>,
  numBlocks: number,
  prefixCaching: boolean,
): number {
  return engine.newKvCache(numBlocks, BLOCK_SIZE, Number(prefixCaching), MAX_TOKENS);
}
