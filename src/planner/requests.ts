import type { CacheGroup } from "./cache-groups.ts";
import type { MemoryPlan } from "./plan.ts";
import { version } from "./release.ts";
import type { PlanSettings } from "./settings.ts";
import { commonWindow } from "./stage.ts";

/** Requests that a load consists of: so many at once, each of so many tokens at its end. */
export interface Demand {
  readonly requests: number;
  readonly contextTokens: number;
}

/** How many requests of one length the pool holds at once, by how their memory is allocated. */
export interface RequestsThatFit {
  /** Each reserves maxModelLen slots. */
  readonly max: number;
  /**
   * Each reserves its length rounded up to a power of two, at most maxModelLen. (Orca's Pow2 rounds the output alone, which
   * a plan does not know apart from the prompt: it lies between this and `oracle`.)
   */
  readonly pow2: number;
  /** Each reserves exactly its length. */
  readonly oracle: number;
  /** Each holds the blocks that its tokens fill. */
  readonly paged: number;
}

/** Counts requests of `contextTokens` ≥ 1 that have all reached their full length. */
export function requestsThatFit(plan: MemoryPlan, contextTokens: number): RequestsThatFit {
  const { pool, settings } = plan;
  const slots = Math.floor((pool.blocks * pool.blockBytes) / plan.kvBytesPerToken);
  const pow2 = Math.min(powerOfTwoFrom(contextTokens), settings.maxModelLen);
  return {
    max: Math.floor(slots / settings.maxModelLen),
    pow2: Math.floor(slots / pow2),
    oracle: Math.floor(slots / contextTokens),
    paged: Math.floor(
      Math.max(0, pool.blocks - reservedBlocks(plan)) / requestBlocks(plan, contextTokens),
    ),
  };
}

function powerOfTwoFrom(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}

/** Blocks that nobody is given: V1 keeps one as its null block. */
export function reservedBlocks({ settings }: MemoryPlan): number {
  return settings.release.engine === "vllm-v1" ? 1 : 0;
}

/** Blocks that a request of `tokens` holds in all groups while it decodes: of a sliding window at most those that it lies in. */
export function requestBlocks({ pool, settings }: MemoryPlan, tokens: number): number {
  if (settings.release.engine === "vllm-v0") return requestBlocksV0(settings, tokens);
  return pool.groups.reduce((sum, group) => sum + heldBlocks(settings, group, tokens), 0);
}

/** A window need not begin at a block's edge. */
function heldBlocks(
  { blockSize }: PlanSettings,
  { layer, blockScale = 1 }: CacheGroup,
  tokens: number,
): number {
  const blockTokens = blockSize * blockScale;
  const blocks = Math.ceil(tokens / blockTokens);
  if (layer.kind !== "sliding") return blocks;
  return Math.min(blocks, Math.ceil((layer.window - 1) / blockTokens) + 1);
}

/** The release whose block manager gives blocks back that have left the window; before, tables went round in it. */
const WINDOWS_LEFT_BEHIND = version(0, 6, 3);

/**
 * V0 knows one window for all layers, or none. Tables that go round in it have as many blocks as it (v0.2.0,
 * `can_allocate`). Later ones keep ⌊window / block⌋ + 2 before the block that is written (`max_block_sliding_window`).
 */
function requestBlocksV0(settings: PlanSettings, tokens: number): number {
  const { blockSize, release } = settings;
  const blocks = Math.ceil(tokens / blockSize);
  const window = commonWindow(settings);
  if (window === null) return blocks;
  const windowBlocks = Math.max(1, Math.floor(window / blockSize));
  return Math.min(blocks, release.version < WINDOWS_LEFT_BEHIND ? windowBlocks : windowBlocks + 3);
}

/** Whether the engine starts, and holds the demand if there is one. */
export function works(plan: MemoryPlan, demand: Demand | null): boolean {
  if (plan.pool.problem !== null || plan.pool.blocks === 0) return false;
  return demand === null || requestsThatFit(plan, demand.contextTokens).paged >= demand.requests;
}
