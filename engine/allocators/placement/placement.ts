import { FreeUnits } from "../free-units";
import { Layout } from "../layout";

/** Instead of an address: no hole is large enough. */
export const NO_ADDRESS: i32 = -1;

/** Cuts chunks out of one range of slots, at real addresses. An empty pool takes any sizes whose chunks add up to no more than its slots. */
export abstract class Placement extends FreeUnits {
  protected readonly slots: i32;

  constructor(slots: i32) {
    super(slots);
    this.slots = slots;
  }

  abstract largestHole(): i32;
  /** Slots that a chunk for `size` ≥ 1 slots takes. */
  abstract chunkSlots(size: i32): i32;
  /** An address for `size` slots; {@link NO_ADDRESS} where none fits. */
  abstract place(size: i32): i32;
  /** Gives back a chunk that was placed for `size` slots. */
  abstract release(address: i32, size: i32): void;
  /** What {@link takeBack} needs to know of the time before some chunks. */
  abstract mark(): i32;
  /** Gives back all of `count` chunks: they were placed in vain, since when a mark was made. */
  abstract takeBack(
    addresses: StaticArray<i32>,
    sizes: StaticArray<i32>,
    count: i32,
    mark: i32,
  ): void;

  /** Writes down what is free, and which free neighbours must be one. */
  abstract describe(layout: Layout): void;

  /** Addresses for the first `count` sizes, placed in order, all or none: when one does not fit, nothing has changed. */
  placeAll(sizes: StaticArray<i32>, count: i32, addresses: StaticArray<i32>): bool {
    const mark = this.mark();
    for (let index = 0; index < count; index += 1) {
      addresses[index] = this.place(sizes[index]);
      if (addresses[index] !== NO_ADDRESS) continue;
      this.takeBack(addresses, sizes, index, mark);
      return false;
    }
    return true;
  }
}
