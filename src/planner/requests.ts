import type { MemoryPlan } from "./plan.ts";
import { v1Input } from "./pool.ts";
import { blocksPerRequest } from "./v1-sizing.ts";

/** Requests that a load consists of: so many at once, each of so many tokens at its end. */
export interface Demand {
  readonly requests: number;
  readonly contextTokens: number;
}

/** How many requests of one length the pool holds at once, by how their memory is allocated. */
export interface RequestsThatFit {
  /** Each reserves maxModelLen slots. */
  readonly max: number;
  /** Each reserves its length rounded up to a power of two, at most maxModelLen. */
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
    paged: Math.floor(usableBlocks(plan) / requestBlocks(plan, contextTokens)),
  };
}

function powerOfTwoFrom(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}

/** V1 keeps a block as its null block. */
function usableBlocks({ pool, settings }: MemoryPlan): number {
  return settings.release.engine === "vllm-v1" ? Math.max(0, pool.blocks - 1) : pool.blocks;
}

/** Blocks that a request of `tokens` holds in all groups. */
export function requestBlocks({ pool, settings }: MemoryPlan, tokens: number): number {
  if (settings.release.engine === "vllm-v0") return Math.ceil(tokens / settings.blockSize);
  return blocksPerRequest(v1Input(settings, 0), pool.groups, tokens);
}

/** Whether the engine starts, and holds the demand if there is one. */
export function works(plan: MemoryPlan, demand: Demand | null): boolean {
  if (plan.pool.problem !== null || plan.pool.blocks === 0) return false;
  return demand === null || requestsThatFit(plan, demand.contextTokens).paged >= demand.requests;
}
