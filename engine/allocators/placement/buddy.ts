import { nextPowerOfTwo } from "../../core/columns";
import { BUDDIES, Layout } from "../layout";
import { FreeBlocks } from "./free-blocks";
import { NO_ADDRESS, Placement } from "./placement";

const MOST_ORDERS: i32 = 30;

/**
 * Knowlton's buddy system (CACM 8:10, 1965) on a pool of any size: it is cut into the powers of two of its binary
 * representation, largest first, so every block starts at a multiple of its size, its buddy differs from it in one
 * bit of the address, and the block that a merge beyond the cut would need does not exist.
 */
@final
export class BuddyPlacement extends Placement {
  /** By order k: the free blocks of 2^k slots. */
  readonly freeBlocks: StaticArray<FreeBlocks>;
  /** Bit k is set while there is a free block of 2^k slots. */
  private freeOrders: u32 = 0;

  constructor(slots: i32) {
    super(slots);
    assert(slots < 1 << MOST_ORDERS, "a pool is too large");
    const freeBlocks = new StaticArray<FreeBlocks>(MOST_ORDERS);
    for (let order = 0; order < MOST_ORDERS; order += 1) freeBlocks[order] = new FreeBlocks();
    this.freeBlocks = freeBlocks;
    let address = 0;
    for (let order = MOST_ORDERS - 1; order >= 0; order -= 1) {
      if ((slots & (1 << order)) === 0) continue;
      this.add(order, address);
      address += 1 << order;
    }
  }

  largestHole(): i32 {
    return this.freeOrders === 0 ? 0 : 1 << (31 - <i32>clz(this.freeOrders));
  }

  chunkSlots(size: i32): i32 {
    return nextPowerOfTwo(size);
  }

  place(size: i32): i32 {
    const chunk = this.chunkSlots(size);
    if (chunk > this.largestHole()) return NO_ADDRESS;
    const wanted = ctz(chunk);
    let order = <i32>ctz(this.freeOrders & ((<u32>0xffffffff) << wanted));
    const blocks = this.freeBlocks[order];
    const address = blocks.takeLowest() << order;
    if (blocks.count === 0) this.freeOrders &= ~(1 << order);
    while (order > wanted) {
      order -= 1;
      this.add(order, address + (1 << order));
    }
    this.freeCount -= chunk;
    return address;
  }

  release(address: i32, size: i32): void {
    const chunk = this.chunkSlots(size);
    assert(address + chunk <= this.slots, "slots are given back beyond the pool's end");
    assert(this.freeCount + chunk <= this.slots, "more slots are given back than are not free");
    this.add(ctz(chunk), address);
    this.freeCount += chunk;
  }

  mark(): i32 {
    return 0;
  }

  takeBack(addresses: StaticArray<i32>, sizes: StaticArray<i32>, count: i32, _mark: i32): void {
    for (let index = 0; index < count; index += 1) this.release(addresses[index], sizes[index]);
  }

  /** By size, the smallest first. */
  describe(layout: Layout): void {
    layout.merges = BUDDIES;
    for (let order = 0; order < MOST_ORDERS; order += 1) {
      const blocks = this.freeBlocks[order];
      for (let at = 0; at < blocks.count; at += 1)
        layout.gpu.free.add(blocks.blocks[at] << order, 1 << order);
    }
  }

  /** The block is free from now on; as long as its buddy is too, they become one. */
  private add(order: i32, address: i32): void {
    let merged = order;
    while (this.freeBlocks[merged].give(address >> merged)) {
      if (this.freeBlocks[merged].count === 0) this.freeOrders &= ~(1 << merged);
      merged += 1;
    }
    this.freeOrders |= 1 << merged;
  }
}
