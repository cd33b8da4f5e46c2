import { assert } from "../../core/assert.ts";
import { nextPowerOfTwo } from "../../core/math.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import { FreeBlocks } from "./free-blocks.ts";
import type { Address, Placement } from "./placement.ts";

/** Instead of an address: no block is large enough. */
const NOWHERE: Address = -1;

/** Buddy system: the smallest free block that is large enough, the lowest among equals, halved down to a power of two. */
export function buddy(slots: Slots): Placement {
  return new BuddyPlacement(slots);
}

/**
 * Knowlton's buddy system (CACM 8:10, 1965) on a pool of any size: it is cut into the powers of two of its binary
 * representation, largest first, so every block starts at a multiple of its size, its buddy differs from it in one
 * bit of the address, and the block that a merge beyond the cut would need does not exist.
 */
class BuddyPlacement implements Placement {
  readonly merges = "buddies";
  /** By order k: the free blocks of 2^k slots. */
  readonly #freeBlocks: FreeBlocks[] = [];
  /** Bit k is set while there is a free block of 2^k slots. */
  #freeOrders = 0;
  #free: Slots;
  private readonly slots: Slots;

  constructor(slots: Slots) {
    assert(slots < 2 ** 30, `a pool of ${slots} slots is too large`);
    this.slots = slots;
    this.#free = slots;
    for (let order = 0; 2 ** order <= slots; order += 1) this.#freeBlocks.push(new FreeBlocks());
    let address = 0;
    for (let order = this.#freeBlocks.length - 1; order >= 0; order -= 1) {
      if ((slots & (1 << order)) === 0) continue;
      this.#add(order, address);
      address += 1 << order;
    }
  }

  get free(): Slots {
    return this.#free;
  }

  get largestHole(): Slots {
    return this.#freeOrders === 0 ? 0 : 1 << (31 - Math.clz32(this.#freeOrders));
  }

  chunkSlots(size: Slots): Slots {
    return nextPowerOfTwo(size);
  }

  placeAll(sizes: readonly Slots[]): readonly Address[] | null {
    if (sizes.length > 1) return this.#placeTogether(sizes);
    const address = this.#place(this.chunkSlots(sizes[0]!));
    return address === NOWHERE ? null : [address];
  }

  release(address: Address, size: Slots): void {
    const chunk = this.chunkSlots(size);
    assert(address + chunk <= this.slots, "slots are given back beyond the pool's end");
    assert(this.#free + chunk <= this.slots, "more slots are given back than are not free");
    this.#add(lowestBit(chunk), address);
    this.#free += chunk;
  }

  holes(): Extent[] {
    const holes: Extent[] = [];
    this.#freeBlocks.forEach((blocks, order) => {
      for (const block of blocks.ascending())
        holes.push({ start: block << order, count: 1 << order });
    });
    return holes.sort((a, b) => a.start - b.start);
  }

  #placeTogether(sizes: readonly Slots[]): readonly Address[] | null {
    const addresses: Address[] = [];
    for (const size of sizes) {
      const address = this.#place(this.chunkSlots(size));
      if (address === NOWHERE) {
        for (const [index, placed] of addresses.entries()) this.release(placed, sizes[index]!);
        return null;
      }
      addresses.push(address);
    }
    return addresses;
  }

  #place(chunk: Slots): Address {
    if (chunk > this.largestHole) return NOWHERE;
    const wanted = lowestBit(chunk);
    let order = lowestBit(this.#freeOrders & (-1 << wanted));
    const blocks = this.#freeBlocks[order]!;
    const address = blocks.takeLowest() << order;
    if (blocks.count === 0) this.#freeOrders &= ~(1 << order);
    while (order > wanted) {
      order -= 1;
      this.#add(order, address + (1 << order));
    }
    this.#free -= chunk;
    return address;
  }

  /** The block is free from now on; as long as its buddy is too, they become one. */
  #add(order: number, address: Address): void {
    let merged = order;
    while (this.#freeBlocks[merged]!.give(address >> merged)) {
      if (this.#freeBlocks[merged]!.count === 0) this.#freeOrders &= ~(1 << merged);
      merged += 1;
    }
    this.#freeOrders |= 1 << merged;
  }
}

/** Position of the lowest bit of a word that is not 0. */
function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
