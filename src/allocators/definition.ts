import type { z } from "zod";
import type { Digest } from "../core/digest.ts";
import type { Slots, Tokens } from "../request.ts";
import type { Allocator, Swapping } from "./allocator.ts";
import type { CachingPool } from "./prefix-cached/caching-pool.ts";
import type { KvCacheManager } from "./prefix-cached/kv-cache-manager.ts";
import type { Reservation } from "./reservation.ts";

/** What an allocator is given to work with. */
export interface PoolEnvironment {
  readonly slots: Slots;
  /** CPU pool for swapping; 0 without one. */
  readonly swapSlots: Slots;
  readonly maxModelLen: Tokens;
  /** Takes in every cell that is handed out, in order; of a contiguous chunk its first. */
  readonly placements: Digest;
}

/** An allocator over an empty pool, with the abilities that scheduler and metrics must know of. */
export interface BuiltAllocator {
  readonly allocator: Allocator;
  /** Null when the strategy cannot swap. */
  readonly swapping: Swapping | null;
  /** Slots to ask for at admission; null when sequences grow on demand. */
  readonly reservation: Reservation | null;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: Slots | null;
}

/** One strategy. Config validation, `kvsim list` and every comparison follow from the registry of these. */
export interface StrategyDefinition {
  readonly strategy: string;
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** Strict object of the options that stand beside `strategy` in a config, each with `.describe()` and default. */
  readonly options: z.ZodObject;
  /** Short label for tables, e.g. `contiguous max buddy`. */
  label(options: Readonly<Record<string, unknown>>): string;
}

/** A strategy that hands memory to whole groups; the contract suite runs each. */
export interface AllocatorDefinition extends StrategyDefinition {
  /** Whether these options reserve a sequence's whole life at admission (then `orca` and `static` can use it). */
  reserves(options: Readonly<Record<string, unknown>>): boolean;
  /** Option sets that the contract suite runs. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  create(options: Readonly<Record<string, unknown>>, environment: PoolEnvironment): BuiltAllocator;
}

/** What a KV cache is given to work with. */
export interface KvCacheEnvironment extends Omit<PoolEnvironment, "swapSlots"> {
  /** Tokens that one step computes at most, ≥ 1. */
  readonly maxBatchedTokens: Tokens;
}

/** A KV cache over an empty pool, and that pool as metrics see it. */
export interface BuiltKvCache {
  readonly cache: KvCacheManager;
  readonly pool: CachingPool;
}

/** A strategy that shares content across requests, for the scheduler that computes prompts in parts. */
export interface KvCacheDefinition extends StrategyDefinition {
  createCache(
    options: Readonly<Record<string, unknown>>,
    environment: KvCacheEnvironment,
  ): BuiltKvCache;
}
