import type { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import type { Slots, Tokens } from "../request.ts";

/** What an allocator is given to work with. */
export interface PoolEnvironment {
  /** Where the pool is made; addresses are places in it. */
  readonly engine: Engine;
  readonly slots: Slots;
  /** CPU pool for swapping; 0 without one. */
  readonly swapSlots: Slots;
  readonly maxModelLen: Tokens;
  /** Address of the digest that takes in every cell that is handed out, in order; of a contiguous chunk its first. */
  readonly cells: number;
}

/** What a KV cache is given to work with. */
export interface KvCacheEnvironment extends Omit<PoolEnvironment, "swapSlots"> {
  /** Tokens that one step computes at most, ≥ 1. */
  readonly maxBatchedTokens: Tokens;
}

/** An empty pool in the engine, by its address. */
export interface BuiltPool {
  readonly pool: number;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: Slots | null;
}

/** A KV cache over an empty pool. */
export interface BuiltKvCache extends BuiltPool {
  readonly cache: number;
  /** Whether it keeps anything for later requests. */
  readonly keepsContent: boolean;
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
  /** Whether memory can be swapped out with these options. */
  swaps(options: Readonly<Record<string, unknown>>): boolean;
  /** Option sets that the contract suite runs. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  create(options: Readonly<Record<string, unknown>>, environment: PoolEnvironment): BuiltPool;
}

/** A strategy that shares content across requests, for the scheduler that computes prompts in parts. */
export interface KvCacheDefinition extends StrategyDefinition {
  createCache(
    options: Readonly<Record<string, unknown>>,
    environment: KvCacheEnvironment,
  ): BuiltKvCache;
}
