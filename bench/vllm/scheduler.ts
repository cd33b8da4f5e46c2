import { serving } from "./serving.ts";
import { BLOCK_SIZE, type Workload } from "./workload.ts";

const REQUESTS = 256;
const PROMPT_TOKENS = 512;
const OUTPUT_TOKENS = 128;
/** Of a request, and of a step. */
const MAX_TOKENS = 8192;
const AMPLE_BLOCKS = 32_768;
const TIGHT_BLOCKS = 6001;
const NOBODY_WAITS_STEPS = 144;
const PREEMPTING_STEPS = 262;

/** The whole scheduler over its KV cache, until all requests have ended. */
export const schedulerWorkloads: readonly Workload[] = [
  {
    ...{ id: "W5", title: "scheduler, 256 requests; cache off", unit: "steps" },
    ...{ recorded: 607, prepare: () => serveAll(AMPLE_BLOCKS, false, NOBODY_WAITS_STEPS) },
  },
  {
    ...{ id: "W5", title: "the same, cache on", unit: "steps" },
    ...{ recorded: 587, prepare: () => serveAll(AMPLE_BLOCKS, true, NOBODY_WAITS_STEPS) },
  },
  {
    ...{ id: "W6", title: "W5 on in 6001 blocks: preemption", unit: "steps" },
    ...{ recorded: 1030, prepare: () => serveAll(TIGHT_BLOCKS, true, PREEMPTING_STEPS) },
  },
];

/** @param recordedSteps The steps vLLM took; any other number is a bug, and throws. */
async function serveAll(
  numBlocks: number,
  prefixCaching: boolean,
  recordedSteps: number,
): Promise<() => number> {
  const engine = await serving();
  const caching = Number(prefixCaching);
  const scheduler = engine.newScheduler(numBlocks, BLOCK_SIZE, caching, REQUESTS, MAX_TOKENS);
  engine.arriveAll(scheduler, REQUESTS, PROMPT_TOKENS, OUTPUT_TOKENS);
  return () => {
    const steps = engine.serveUntilEnded(scheduler, REQUESTS);
    if (steps !== recordedSteps) throw new Error(`${steps} steps, but vLLM took ${recordedSteps}`);
    return steps;
  };
}
