import { type CacheGroup, cacheGroups } from "./cache-groups.ts";
import { type CacheLayer, layerBytesPerToken } from "./cache-layer.ts";
import { rounded, twoDecimals } from "./python-format.ts";

/** What vLLM V1 sizes its KV cache from, on one GPU. */
export interface V1SizingInput {
  readonly layers: readonly CacheLayer[];
  readonly bytesPerElement: number;
  readonly blockSize: number;
  readonly maxModelLen: number;
  readonly maxBatchedTokens: number;
  readonly availableBytes: number;
  /** `num_gpu_blocks_override`; null = none. */
  readonly blocksOverride: number | null;
}

/** The KV cache of one GPU as vLLM V1 sizes it. */
export interface V1Sizing {
  readonly blocks: number;
  readonly groups: readonly CacheGroup[];
  /** Bytes of one block in one layer. */
  readonly pageBytes: number;
  /** Layers whose pages make up a block of the pool. */
  readonly layersPerGroup: number;
  /** The start-up line's "GPU KV cache size": maximum concurrency × maxModelLen, not a count of slots. */
  readonly cacheTokens: number;
  /** Requests of maxModelLen that fit at once. */
  readonly maxConcurrency: number;
  /** {@link maxConcurrency} as vLLM prints it. */
  readonly printed: string;
}

/** vLLM V1's start-up sizing (main, 2026-05-27), or its message where one request of maxModelLen does not fit. */
export function sizeV1(input: V1SizingInput): V1Sizing | { readonly error: string } {
  const error = startError(input);
  return error === null ? sizingOf(input) : { error };
}

/** The sizing, whether or not the engine would start with it. */
export function sizingOf(input: V1SizingInput): V1Sizing {
  const { groups, layersPerGroup } = cacheGroups(input.layers);
  const pageBytes = Math.max(...input.layers.map((layer) => pageSize(input, layer)));
  const planned = Math.floor(Math.floor(input.availableBytes / pageBytes) / layersPerGroup);
  const blocks = input.blocksOverride ?? planned;
  const maxConcurrency = blocks / blocksPerRequest(input, groups, input.maxModelLen);
  return {
    blocks,
    groups,
    pageBytes,
    layersPerGroup,
    cacheTokens: Math.trunc(maxConcurrency * input.maxModelLen),
    maxConcurrency,
    printed: `${twoDecimals(maxConcurrency)}x`,
  };
}

/** vLLM's message where one request of maxModelLen does not fit; null where it does. */
export function startError(input: V1SizingInput): string | null {
  const needed = neededBytes(input, input.maxModelLen);
  return needed > input.availableBytes ? doesNotFit(input, needed) : null;
}

type Limits = Pick<V1SizingInput, "blockSize" | "maxBatchedTokens">;

/** Blocks that a request of `tokens` holds at most, over all groups. */
export function blocksPerRequest(
  limits: Limits,
  groups: readonly CacheGroup[],
  tokens: number,
): number {
  return groups.reduce((sum, { layer }) => sum + layerBlocks(limits, layer, tokens), 0);
}

/**
 * A sliding layer holds its window and one iteration's tokens, and a block more since a window need not start at a
 * block's edge.
 */
function layerBlocks({ blockSize, maxBatchedTokens }: Limits, layer: CacheLayer, tokens: number) {
  if (layer.kind !== "sliding") return Math.ceil(tokens / blockSize);
  return Math.ceil(Math.min(layer.window - 1 + maxBatchedTokens, tokens) / blockSize) + 1;
}

function pageSize({ blockSize, bytesPerElement }: V1SizingInput, layer: CacheLayer): number {
  return blockSize * layerBytesPerToken(layer, bytesPerElement);
}

function neededBytes(input: V1SizingInput, tokens: number): number {
  return input.layers.reduce(
    (sum, layer) => sum + layerBlocks(input, layer, tokens) * pageSize(input, layer),
    0,
  );
}

/** The longest request that fits, by bisection; 0 where none does. */
export function longestFit(input: V1SizingInput): number {
  let fits = 0;
  let tooLong = input.maxModelLen + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (neededBytes(input, middle) <= input.availableBytes) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

function doesNotFit(input: V1SizingInput, needed: number): string {
  const fits = longestFit(input);
  const hint =
    fits > 0
      ? ` Based on the available memory, the estimated maximum model length is ${fits}.`
      : "";
  return (
    `To serve at least one request with the model's max seq len (${input.maxModelLen}), ` +
    `(${gibibytes(needed)} GiB KV cache is needed, which is larger than the available KV cache ` +
    `memory (${gibibytes(input.availableBytes)} GiB).${hint} Try increasing ` +
    "`gpu_memory_utilization` (which also controls CPU memory on the CPU backend) or decreasing " +
    "`max_model_len` when initializing the engine."
  );
}

function gibibytes(bytes: number): string {
  return rounded(bytes / 2 ** 30);
}
