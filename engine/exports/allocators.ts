// Makes what hands out memory.
import { Allocator } from "../allocators/allocator";
import { CheckedAllocator } from "../allocators/checked";
import { ContiguousAllocator } from "../allocators/contiguous";
import { PagedAllocator } from "../allocators/paged";
import { BuddyPlacement } from "../allocators/placement/buddy";
import { BestFit, FirstFit, NextFit, WorstFit } from "../allocators/placement/fits";
import { Placement } from "../allocators/placement/placement";
import { Pool } from "../allocators/pool";
import { CachingPool } from "../allocators/prefix-cached/caching-pool";
import { KvCacheManager } from "../allocators/prefix-cached/kv-cache-manager";
import { Digest } from "../core/digest";

export function newDigest(): Digest {
  return new Digest();
}

export function newPaged(
  slots: i32,
  swapSlots: i32,
  blockSlots: i32,
  watermarkBlocks: i32,
  reservedTokens: i32,
  windowBlocks: i32,
  cells: Digest,
): Allocator {
  return new PagedAllocator(
    slots,
    swapSlots,
    blockSlots,
    watermarkBlocks,
    reservedTokens,
    windowBlocks,
    cells,
  );
}

export function newFirstFit(slots: i32): Placement {
  return new FirstFit(slots);
}

export function newBestFit(slots: i32): Placement {
  return new BestFit(slots);
}

export function newNextFit(slots: i32): Placement {
  return new NextFit(slots);
}

export function newWorstFit(slots: i32): Placement {
  return new WorstFit(slots);
}

export function newBuddy(slots: i32): Placement {
  return new BuddyPlacement(slots);
}

export function newContiguous(
  placement: Placement,
  reserve: i32,
  maxModelLen: i32,
  cells: Digest,
): Allocator {
  return new ContiguousAllocator(placement, reserve, maxModelLen, cells);
}

/** Of one group of layers, all of which attend to all tokens. */
export function newKvCache(
  numBlocks: i32,
  blockSize: i32,
  prefixCaching: i32,
  maxModelLen: i32,
  maxBatchedTokens: i32,
  cells: Digest,
): KvCacheManager {
  const blockSizes = new StaticArray<i32>(1);
  blockSizes[0] = blockSize;
  return new KvCacheManager(
    numBlocks,
    blockSizes,
    new StaticArray<i32>(1),
    blockSize,
    prefixCaching !== 0,
    maxModelLen,
    maxBatchedTokens,
    cells,
  );
}

export function newCachingPool(
  cache: KvCacheManager,
  slots: i32,
  blockSize: i32,
  numBlocks: i32,
): Pool {
  return new CachingPool(cache, slots, blockSize, numBlocks);
}

export function newChecked(allocator: Allocator): Allocator {
  return new CheckedAllocator(allocator);
}
