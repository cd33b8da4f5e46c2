import { type CacheGroup, type CacheGroups, cacheGroups } from "./cache-groups.ts";
import { type CacheLayer, cacheKey, layerBytesPerToken } from "./cache-layer.ts";
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
  /** Bytes of one block in one layer; in all layers where they differ within a group. */
  readonly pageBytes: number;
  /** Layers whose pages make up a block of the pool. */
  readonly layersPerGroup: number;
  /** Bytes of one block in all layers that share the pool. */
  readonly blockBytes: number;
  /** Bytes of the pool in the first of those layers. */
  readonly tensorBytes: number;
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
  const { groups, layersPerGroup, pageBytes, blockBytes, firstPageBytes } = poolLayout(input);
  const blocks = input.blocksOverride ?? Math.floor(input.availableBytes / blockBytes);
  const maxConcurrency = blocks / blocksPerRequest(input, groups, input.maxModelLen);
  return {
    blocks,
    groups,
    pageBytes,
    layersPerGroup,
    blockBytes,
    tensorBytes: blocks * firstPageBytes,
    cacheTokens: Math.trunc(maxConcurrency * input.maxModelLen),
    maxConcurrency,
    printed: `${twoDecimals(maxConcurrency)}x`,
  };
}

const NO_MEMORY =
  "No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when " +
  "initializing the engine (this flag also controls CPU memory reservation on the CPU backend, " +
  "despite its name).";

const PAGES_DIFFER =
  "The page size of the layer is not divisible by the maximum page size. Cannot unify by " +
  "adjusting block_size.";

/** vLLM's message where it cannot lay out a pool, or one request of maxModelLen does not fit; null where it starts. */
export function startError(input: V1SizingInput): string | null {
  const layout = poolLayout(input);
  if (layout.groups.some(({ blockScale = 1 }) => !Number.isInteger(blockScale)))
    return PAGES_DIFFER;
  const memoryBytes = memoryOf(input, layout);
  if (memoryBytes <= 0) return NO_MEMORY;
  const needed = neededBytes(input, layout, input.maxModelLen);
  return needed > memoryBytes ? doesNotFit(input, needed, memoryBytes) : null;
}

/** How V1 divides the memory. */
interface PoolLayout extends CacheGroups {
  readonly pageBytes: number;
  readonly blockBytes: number;
  readonly firstPageBytes: number;
}

/**
 * Layers that need blocks alike are one group, even where their pages differ. Other pages are made equal: smaller ones hold more
 * tokens.
 */
function poolLayout(input: V1SizingInput): PoolLayout {
  const { layers } = input;
  const pages = layers.map((layer) => pageSize(input, layer));
  if (needBlocksAlike(layers) && layers.some((layer) => cacheKey(layer) !== cacheKey(layers[0]!))) {
    const blockBytes = pages.reduce((sum, page) => sum + page, 0);
    return {
      groups: [{ layer: layers[0]!, layers: layers.length, isMixed: true }],
      layersPerGroup: layers.length,
      pageBytes: blockBytes,
      blockBytes,
      firstPageBytes: pages[0]!,
    };
  }
  const { groups, layersPerGroup } = cacheGroups(layers);
  const pageBytes = Math.max(...pages);
  return {
    groups: groups.map((group) => scaled(group, pageBytes / pageSize(input, group.layer))),
    layersPerGroup,
    pageBytes,
    blockBytes: pageBytes * layersPerGroup,
    firstPageBytes: pageBytes,
  };
}

function scaled(group: CacheGroup, blockScale: number): CacheGroup {
  return blockScale === 1 ? group : { ...group, blockScale };
}

/** All look back without end, or all over the same window. */
function needBlocksAlike(layers: readonly CacheLayer[]): boolean {
  const windows = layers.map((layer) => (layer.kind === "sliding" ? layer.window : null));
  return windows.every((window) => window === windows[0]);
}

/** What there is to fit into: an override stands for the memory of its blocks. */
function memoryOf({ blocksOverride, availableBytes }: V1SizingInput, layout: PoolLayout): number {
  return blocksOverride === null ? availableBytes : blocksOverride * layout.blockBytes;
}

type Limits = Pick<V1SizingInput, "blockSize" | "maxBatchedTokens">;

/** Blocks that vLLM counts for a request of `tokens` at start-up, over all groups: the most that it ever holds. */
export function blocksPerRequest(
  limits: Limits,
  groups: readonly CacheGroup[],
  tokens: number,
): number {
  return groups.reduce((sum, group) => sum + startUpBlocks(limits, group, tokens), 0);
}

/**
 * A sliding layer holds its window and one iteration's tokens, and a block more since a window need not start at a
 * block's edge.
 */
function startUpBlocks(
  { blockSize, maxBatchedTokens }: Limits,
  { layer, blockScale = 1 }: CacheGroup,
  tokens: number,
): number {
  const blockTokens = blockSize * blockScale;
  if (layer.kind !== "sliding") return Math.ceil(tokens / blockTokens);
  return Math.ceil(Math.min(layer.window - 1 + maxBatchedTokens, tokens) / blockTokens) + 1;
}

function pageSize({ blockSize, bytesPerElement }: V1SizingInput, layer: CacheLayer): number {
  return blockSize * layerBytesPerToken(layer, bytesPerElement);
}

/** Groups are padded to the size of the largest. */
function neededBytes(input: V1SizingInput, layout: PoolLayout, tokens: number): number {
  return layout.blockBytes * blocksPerRequest(input, layout.groups, tokens);
}

/** The longest request that fits, by bisection; 0 where none does. */
export function longestFit(input: V1SizingInput): number {
  const layout = poolLayout(input);
  const memoryBytes = memoryOf(input, layout);
  let fits = 0;
  let tooLong = input.maxModelLen + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (neededBytes(input, layout, middle) <= memoryBytes) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

function doesNotFit(input: V1SizingInput, needed: number, memoryBytes: number): string {
  const fits = longestFit(input);
  const hint =
    fits > 0
      ? ` Based on the available memory, the estimated maximum model length is ${fits}.`
      : "";
  return (
    `To serve at least one request with the model's max seq len (${input.maxModelLen}), ` +
    `(${gibibytes(needed)} GiB KV cache is needed, which is larger than the available KV cache ` +
    `memory (${gibibytes(memoryBytes)} GiB).${hint} Try increasing ` +
    "`gpu_memory_utilization` (which also controls CPU memory on the CPU backend) or decreasing " +
    "`max_model_len` when initializing the engine."
  );
}

function gibibytes(bytes: number): string {
  return rounded(bytes / 2 ** 30);
}
