import type { Pool } from "../allocators/allocator.ts";
import { checked } from "../allocators/checked.ts";
import { allocators, kvCaches } from "../allocators/index.ts";
import type { KvCacheManager } from "../allocators/prefix-cached/kv-cache-manager.ts";
import { poolAuditor } from "../allocators/prefix-cached/pool-auditor.ts";
import type { Config, SetupConfig } from "../config/config.ts";
import type { Digest } from "../core/digest.ts";
import type { Slots } from "../request.ts";
import { ChunkedServing } from "./chunked/chunked-serving.ts";
import { GroupServing } from "./group-serving.ts";
import type { Outside, Serving } from "./serving.ts";
import { watchedServing } from "./watched-serving.ts";

/** One replica's memory over an empty pool, and what will serve requests from it. */
export interface BuiltReplica {
  readonly pool: Pool;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: Slots | null;
  /** Null where nothing is kept for later requests. */
  readonly cache: KvCacheManager | null;
  readonly serve: (outside: Outside) => Serving;
}

/** What a replica is built from. */
export interface BuildOptions {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen">;
  /** Takes in every cell that is handed out. */
  readonly placements: Digest;
  /** Check every invariant after every operation; changes no result. */
  readonly paranoid: boolean;
}

/** Builds the allocator and the scheduler that a setup names. */
export function buildReplica(options: BuildOptions): BuiltReplica {
  const { setup, config, placements, paranoid } = options;
  const { scheduler, strategy, preemption } = setup;
  const { maxModelLen } = config;
  const common = { slots: config.pool.slots, maxModelLen, placements };
  if (scheduler.policy === "chunked") {
    const environment = { ...common, maxBatchedTokens: scheduler.maxBatchedTokens };
    const built = kvCaches[strategy]!.createCache(setup.options, environment);
    const serve = (outside: Outside) => {
      const serving = new ChunkedServing(scheduler, built, maxModelLen, outside);
      if (!paranoid) return serving;
      const audit = poolAuditor(built.pool);
      return watchedServing(serving, { decided: audit, completed: audit });
    };
    const cache = built.cache.keepsContent ? built.cache : null;
    return { pool: built.pool, blockSize: built.pool.blockSize, cache, serve };
  }
  const environment = { ...common, swapSlots: preemption.swapSlots };
  const plain = allocators[strategy]!.create(setup.options, environment);
  const built = paranoid ? checked(plain, environment) : plain;
  return {
    pool: built.allocator,
    blockSize: built.blockSize,
    cache: null,
    serve: (outside) => new GroupServing({ scheduler, preemption }, built, maxModelLen, outside),
  };
}
