import { serving } from "./serving.ts";
import { BLOCK_SIZE, type Workload } from "./workload.ts";

const REQUESTS = 4000;
const PROMPT_TOKENS = 1024;
const DECODING_REQUESTS = 256;
const DECODING_PROMPT_TOKENS = 512;
const DECODED_TOKENS = 512;
const POOL_BLOCKS = 65_536;
const WATERMARK_BLOCKS = Math.trunc(0.01 * POOL_BLOCKS);

/** V0's block manager; its questions and its actions are one call each in kvsim. */
export const pagedWorkloads: readonly Workload[] = [
  {
    ...{ id: "X1", title: "V0: allocate 1024, free", unit: "requests" },
    ...{ recorded: 42_700, prepare: serveAll },
  },
  {
    ...{ id: "X2", title: "V0: append a token", unit: "tokens" },
    ...{ recorded: 416_000, prepare: decodeAll },
  },
];

async function serveAll(): Promise<() => number> {
  const engine = await serving();
  const allocator = engine.newPaged(POOL_BLOCKS, BLOCK_SIZE, WATERMARK_BLOCKS);
  const groups = engine.newGroups(REQUESTS, PROMPT_TOKENS);
  return () => {
    if (engine.serveOneByOne(allocator, groups) === 0) throw new Error("a request was refused");
    return REQUESTS;
  };
}

async function decodeAll(): Promise<() => number> {
  const engine = await serving();
  const allocator = engine.newPaged(POOL_BLOCKS, BLOCK_SIZE, WATERMARK_BLOCKS);
  const groups = engine.newGroups(DECODING_REQUESTS, DECODING_PROMPT_TOKENS);
  if (engine.admitAll(allocator, groups) === 0) throw new Error("a request was refused");
  return () => {
    if (engine.decodeAll(allocator, groups, DECODED_TOKENS) === 0)
      throw new Error("a token was refused");
    return DECODED_TOKENS * DECODING_REQUESTS;
  };
}
