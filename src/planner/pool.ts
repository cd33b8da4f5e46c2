import { type CacheGroup, cacheGroups } from "./cache-groups.ts";
import { layerBytesPerToken } from "./cache-layer.ts";
import { grouped, twoDecimals } from "./python-format.ts";
import { version } from "./release.ts";
import type { PlanSettings } from "./settings.ts";
import { stageCache } from "./stage.ts";
import { sizingOf, startError, type V1SizingInput } from "./v1-sizing.ts";

/** The KV pool that some memory makes. */
export interface PoolSize {
  readonly blocks: number;
  /** Bytes of one block, in all the layers that share the pool. */
  readonly blockBytes: number;
  /** Blocks of the CPU pool that requests are swapped out to; null where the engine has none. */
  readonly cpuBlocks: number | null;
  readonly groups: readonly CacheGroup[];
  /** "GPU KV cache size" as the release prints it. */
  readonly tokens: number;
  /** Requests of maxModelLen that fit at once. */
  readonly maxConcurrency: number;
  /** vLLM's line. */
  readonly concurrencyLine: string;
  /** Why the engine would not start; null where it does. */
  readonly problem: string | null;
}

/** The first release whose "GPU KV cache size" is maximum concurrency × maxModelLen. */
const CONCURRENCY_TOKENS = version(0, 20, 0);

/** The pool of `availableBytes` (on one GPU) under the release's rules; an empty one where there is nothing. */
export function sizePool(settings: PlanSettings, availableBytes: number): PoolSize {
  const bytes = Math.max(0, availableBytes);
  return settings.release.engine === "vllm-v1" ? poolV1(settings, bytes) : poolV0(settings, bytes);
}

/** V0: whole blocks of all layers alike. One request of maxModelLen must fit, or the engine does not start. */
function poolV0(settings: PlanSettings, availableBytes: number): PoolSize {
  const { blockSize, maxModelLen } = settings;
  const blockBytes = blockSize * heldBytesPerToken(settings);
  const blocks = settings.blocksOverride ?? Math.floor(availableBytes / blockBytes);
  const tokens = blocks * blockSize;
  const problem =
    maxModelLen <= tokens
      ? null
      : `the model's max seq len (${maxModelLen}) is larger than the maximum number of tokens ` +
        `that can be stored in KV cache (${tokens})`;
  const groups = cacheGroups(stageCache(settings)).groups;
  return withConcurrency(settings, {
    blocks,
    blockBytes,
    cpuBlocks: Math.floor(settings.swapBytes / blockBytes),
    groups,
    tokens,
    maxConcurrency: tokens / maxModelLen,
    problem,
  });
}

/** KV bytes of a token as V0 lays it out: latent vectors are padded. */
function heldBytesPerToken(settings: PlanSettings): number {
  const { kvBytesPerElement, release } = settings;
  const align = release.latentAlignment;
  return stageCache(settings).reduce((sum, layer) => {
    const bytes = layerBytesPerToken(layer, kvBytesPerElement);
    return sum + (layer.kind === "latent" ? Math.ceil(bytes / align) * align : bytes);
  }, 0);
}

function poolV1(settings: PlanSettings, availableBytes: number): PoolSize {
  const input = v1Input(settings, availableBytes);
  const { blocks, groups, blockBytes, maxConcurrency } = sizingOf(input);
  return withConcurrency(settings, {
    blocks,
    blockBytes,
    cpuBlocks: null,
    groups,
    tokens: printedTokens(settings, blocks, groups.length, maxConcurrency),
    maxConcurrency,
    problem: startError(input),
  });
}

function printedTokens(
  { release, blockSize, maxModelLen }: PlanSettings,
  blocks: number,
  groups: number,
  maxConcurrency: number,
): number {
  if (release.version >= CONCURRENCY_TOKENS) return Math.trunc(maxConcurrency * maxModelLen);
  return Math.floor(blocks / groups) * blockSize;
}

/** What vLLM V1 sizes the pool of one GPU from. */
export function v1Input(settings: PlanSettings, availableBytes: number): V1SizingInput {
  return {
    layers: stageCache(settings),
    bytesPerElement: settings.kvBytesPerElement,
    blockSize: settings.blockSize,
    maxModelLen: settings.maxModelLen,
    maxBatchedTokens: settings.maxBatchedTokens,
    availableBytes,
    blocksOverride: settings.blocksOverride,
  };
}

function withConcurrency(
  { maxModelLen }: PlanSettings,
  pool: Omit<PoolSize, "concurrencyLine">,
): PoolSize {
  const concurrency = twoDecimals(pool.maxConcurrency);
  const concurrencyLine = `Maximum concurrency for ${grouped(maxModelLen)} tokens per request: ${concurrency}x`;
  return { ...pool, concurrencyLine };
}
