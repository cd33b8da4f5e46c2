import type { SequenceId, Slots } from "../../request.ts";
import type { Layout, Pool, PoolUsage, SequenceHolding } from "../allocator.ts";
import { PoolColumns } from "../layout.ts";
import type { KvCacheManager } from "./kv-cache-manager.ts";

/**
 * The pool under a KV cache of one group of layers, in slots. The null block is never handed out, so its slots are unusable, as is a
 * tail shorter than a block; cells count from the block after it.
 */
export class CachingPool implements Pool {
  readonly blockSize: Slots;
  readonly growthSlots: Slots;
  private readonly cache: KvCacheManager;
  private readonly slots: Slots;
  private readonly usableBlocks: number;
  readonly #columns = new PoolColumns();

  constructor(
    cache: KvCacheManager,
    size: { readonly slots: Slots; readonly blockSize: Slots; readonly numBlocks: number },
  ) {
    this.cache = cache;
    this.slots = size.slots;
    this.blockSize = size.blockSize;
    this.growthSlots = size.blockSize;
    this.usableBlocks = size.numBlocks - 1;
  }

  /** Slots that requests can be given. */
  get usableSlots(): Slots {
    return this.usableBlocks * this.blockSize;
  }

  get usage(): PoolUsage {
    const free = this.cache.freeBlocks * this.blockSize;
    return {
      slots: this.slots,
      free,
      held: this.usableSlots - free,
      unusable: this.slots - this.usableSlots,
      largestHole: free,
      cached: this.cache.cachedFreeBlocks * this.blockSize,
    };
  }

  /** What the table of a request reaches; what others share of it is not taken out. */
  holding(handle: SequenceId): SequenceHolding | null {
    const held = this.cache.heldBlocks(handle) * this.blockSize;
    return held === 0 ? null : { held, asked: held, shared: 0 };
  }

  inspect(): Layout {
    const { referenceCounts, freeQueue } = this.cache.inspect();
    const { tables, free } = this.#columns;
    this.#columns.clear(this.usableBlocks);
    for (const handle of this.cache.holders()) {
      for (const block of this.cache.table(handle, 0)) tables.extents.addCell(block - 1);
      tables.close(handle);
    }
    for (const block of freeQueue) free.addCell(block - 1);
    return {
      cellSlots: this.blockSize,
      cells: this.usableBlocks,
      tables,
      free,
      referenceCounts: referenceCounts.subarray(1),
      cpu: null,
    };
  }
}
