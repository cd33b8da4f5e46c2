import { ChunkedScheduler } from "../../src/scheduler/chunked/chunked-scheduler.ts";
import { kvCache } from "./kv-cache.ts";
import type { Workload } from "./workload.ts";

const REQUESTS = 256;
const PROMPT_TOKENS = 512;
const OUTPUT_TOKENS = 128;
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
function serveAll(numBlocks: number, prefixCaching: boolean, recordedSteps: number): () => number {
  const limits = {
    maxRunning: REQUESTS,
    maxBatchedTokens: 8192,
    maxModelLen: 8192,
    chunkedPrefill: true,
    longPrefillThreshold: 0,
    order: "fcfs",
    fullSequenceGate: true,
  } as const;
  const scheduler = new ChunkedScheduler(limits, kvCache(numBlocks, prefixCaching));
  for (let request = 0; request < REQUESTS; request += 1) arrive(scheduler, request);
  return () => {
    let steps = 0;
    for (let ended = 0; ended < REQUESTS; steps += 1) {
      scheduler.schedule();
      ended += scheduler.complete().length;
    }
    if (steps !== recordedSteps) throw new Error(`${steps} steps, but vLLM took ${recordedSteps}`);
    return steps;
  };
}

function arrive(scheduler: ChunkedScheduler, request: number): void {
  scheduler.enqueue({
    ...{ id: request, arrivalNs: 0, priority: 0, user: null },
    ...{ promptTokens: PROMPT_TOKENS, outputTokens: [OUTPUT_TOKENS] },
    content: [{ contentId: request, offset: 0, length: PROMPT_TOKENS }],
    outputContent: { contentId: request, offset: PROMPT_TOKENS },
  });
}
