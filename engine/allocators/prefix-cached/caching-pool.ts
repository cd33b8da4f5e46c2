import { Layout } from "../layout";
import { Pool } from "../pool";
import { KvCacheManager } from "./kv-cache-manager";

/**
 * The pool under a KV cache of one group of layers, in slots. The null block is never handed out, so its slots are unusable, as is a
 * tail shorter than a block; cells count from the block after it.
 */
@final
export class CachingPool extends Pool {
  /** Slots that requests can be given. */
  readonly usableSlots: i32;
  private readonly cache: KvCacheManager;

  constructor(cache: KvCacheManager, slots: i32, blockSize: i32, numBlocks: i32) {
    super(cache.pool.units, blockSize);
    const usableSlots = (numBlocks - 1) * blockSize;
    this.cache = cache;
    this.usableSlots = usableSlots;
    this.slots = slots;
    this.unusable = slots - usableSlots;
    this.growthSlots = blockSize;
    this.keepsContent = cache.keepsContent;
  }

  holds(handle: i32): bool {
    return this.cache.heldBlocks(handle) > 0;
  }

  /** What the table of a request reaches; what others share of it is not taken out. */
  held(handle: i32): i32 {
    return this.cache.heldBlocks(handle) * this.unitSlots;
  }

  asked(handle: i32): i32 {
    return this.held(handle);
  }

  shared(_handle: i32): i32 {
    return 0;
  }

  cachedSlots(): i32 {
    return this.cache.cachedFreeBlocks * this.unitSlots;
  }

  describe(layout: Layout): void {
    layout.cellSlots = this.unitSlots;
    this.cache.describe(layout);
  }
}
