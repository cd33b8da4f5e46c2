import type { Recording, Row } from "./replay.ts";

/** What `kvsim run` needs to serve the requests of a recording. */
export interface WholeRunInput {
  /** A config, without the path of its trace. */
  readonly config: WholeRunConfig;
  /** JSON objects, one a request. */
  readonly trace: readonly Row[];
  /** What the recording calls its requests, in order of arrival. */
  readonly names: readonly string[];
}

interface WholeRunConfig extends Row {
  readonly memory: { readonly slots: number };
}

/** Step k begins at this time times k: what reading the weights of {@link STEP_OF_ONE_SECOND} takes. */
export const STEP_NS = 1e9;

/**
 * Hardware on which every iteration lasts a second, prompts, decodes and both together: it reads 10^12 bytes of weights at 10^12
 * bytes a second, beside which arithmetic and the 4 bytes of KV a token are nothing (less than a microsecond an iteration).
 */
const STEP_OF_ONE_SECOND = {
  model: { name: "heavy", layers: 1, kvHeads: 1, headDim: 1, parameters: 5e11 },
  gpu: { name: "even", memoryGiB: 1000, bandwidthGBps: 1000, tflops: 1e6 },
};
const BYTES_PER_TOKEN = 4;

interface SchedulerLimits {
  readonly blockSize: number;
  readonly maxModelLen: number;
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
}

interface V0Config extends SchedulerLimits {
  readonly numGpuBlocks: number;
  readonly numCpuBlocks: number;
  readonly watermark: number;
  readonly forcePreemptionMode: "swap" | "recompute" | null;
  readonly slidingWindow?: number | null;
}

interface V1Config extends Omit<SchedulerLimits, "blockSize"> {
  readonly numBlocks: number;
  readonly groups: readonly { readonly type: string; readonly blockSize: number }[];
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  readonly longPrefillTokenThreshold: number;
  readonly policy: "fcfs" | "priority";
  readonly reserveFullIsl: boolean;
}

interface RecordedRequest {
  readonly req: string;
  readonly promptLen?: number;
  readonly prompt?: readonly (readonly [base: number, length: number])[];
  readonly maxTokens: number;
  readonly outBase?: number;
  readonly n?: number;
  readonly beam?: boolean;
  readonly priority?: number;
}

/** The config and the trace of a recorded scheduler. Throws for what `kvsim run` does not simulate. */
export function wholeRunInput({ kind, config, steps = [] }: Recording): WholeRunInput {
  const arrivals = steps.flatMap((row, step) =>
    ((row["arrivals"] ?? []) as RecordedRequest[]).map((request) => ({ step, request })),
  );
  if (arrivals.some(({ request }) => request.beam === true))
    throw new Error("no whole run: kvsim run has no beam search");
  return {
    config: configOf(kind, config),
    trace: arrivals.map(({ step, request }) => traceRow(step, request)),
    names: arrivals.map(({ request }) => request.req),
  };
}

function configOf(kind: string, config: Row): WholeRunConfig {
  if (kind === "v0-scheduler") return v0Config(config as unknown as V0Config);
  if (kind === "v1-scheduler") return v1Config(config as unknown as V1Config);
  throw new Error(`no whole run: ${kind} is no recording of a vLLM scheduler`);
}

function v0Config(given: V0Config): WholeRunConfig {
  if ((given.slidingWindow ?? null) !== null)
    throw new Error("no whole run: kvsim run has no sliding windows");
  const swapSpace = `${given.numCpuBlocks * given.blockSize * BYTES_PER_TOKEN}B`;
  const mode = given.forcePreemptionMode ?? "auto";
  return {
    ...STEP_OF_ONE_SECOND,
    maxModelLen: given.maxModelLen,
    memory: { slots: given.numGpuBlocks * given.blockSize },
    scheduler: { maxRunning: given.maxNumSeqs, maxBatchedTokens: given.maxNumBatchedTokens },
    allocators: [
      {
        engine: "vllm-v0",
        blockSize: given.blockSize,
        watermark: given.watermark,
        preemption: { mode, swapSpace, copyLaunch: "0s" },
      },
    ],
  };
}

function v1Config(given: V1Config): WholeRunConfig {
  const [group, ...others] = given.groups;
  if (group?.type !== "full" || others.length > 0)
    throw new Error("no whole run: kvsim run has one group of layers with full attention");
  return {
    ...STEP_OF_ONE_SECOND,
    maxModelLen: given.maxModelLen,
    memory: { slots: given.numBlocks * group.blockSize },
    scheduler: {
      maxRunning: given.maxNumSeqs,
      maxBatchedTokens: given.maxNumBatchedTokens,
      chunkedPrefill: given.chunkedPrefill,
      longPrefillThreshold: given.longPrefillTokenThreshold,
      order: given.policy,
      fullSequenceGate: given.reserveFullIsl,
    },
    allocators: [{ engine: "vllm-v1", blockSize: group.blockSize, caching: given.prefixCaching }],
  };
}

/** V1's recordings say what the tokens are: numbers that count from a base, here one long content. */
function traceRow(step: number, request: RecordedRequest): Row {
  const { prompt, outBase, n, priority } = request;
  const length = prompt?.reduce((sum, [, tokens]) => sum + tokens, 0);
  return {
    arrival: (step * STEP_NS) / 1e9,
    prompt: request.promptLen ?? length,
    output: request.maxTokens,
    ...(n !== undefined && { n }),
    ...(priority !== undefined && { priority }),
    ...(prompt !== undefined && { content: prompt.map(([base, tokens]) => [0, base, tokens]) }),
    ...(outBase !== undefined && { outputContent: [0, outBase] }),
  };
}
