import { contiguous } from "./contiguous.ts";
import type { AllocatorDefinition, KvCacheDefinition, StrategyDefinition } from "./definition.ts";
import { paged } from "./paged.ts";
import { prefixCached } from "./prefix-cached.ts";

/** Every allocator, by the name a config gives it. A new one is a file and a line here. */
export const allocators: Readonly<Record<string, AllocatorDefinition>> = {
  contiguous,
  paged,
};

/** Every cache that is shared across requests, by the name a config gives it; they serve the chunked scheduler. */
export const kvCaches: Readonly<Record<string, KvCacheDefinition>> = {
  "prefix-cached": prefixCached,
};

/** All that a config may name as a strategy. */
export const strategies: Readonly<Record<string, StrategyDefinition>> = {
  ...allocators,
  ...kvCaches,
};
