import { assert, fail } from "../../core/assert.ts";
import { nextPowerOfTwo } from "../../core/math.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import { IntegerSet, lowestBit } from "./integer-set.ts";
import type { Address, Placement } from "./placement.ts";

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
  /** By order k: the free blocks of 2^k slots, each as address / 2^k. */
  readonly #freeBlocks: IntegerSet[] = [];
  /** Bit k is set while there is a free block of 2^k slots. */
  #freeOrders = 0;
  #free: Slots;
  readonly #slots: Slots;

  constructor(slots: Slots) {
    assert(slots < 2 ** 30, `a pool of ${slots} slots is too large`);
    this.#slots = slots;
    this.#free = slots;
    for (let order = 0; 2 ** order <= slots; order += 1)
      this.#freeBlocks.push(new IntegerSet(Math.floor(slots / 2 ** order)));
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
    const addresses: Address[] = [];
    for (const size of sizes) {
      const address = this.#place(this.chunkSlots(size));
      if (address === null) {
        for (const [index, placed] of addresses.entries()) this.release(placed, sizes[index]!);
        return null;
      }
      addresses.push(address);
    }
    return addresses;
  }

  release(address: Address, size: Slots): void {
    const chunk = this.chunkSlots(size);
    let order = lowestBit(chunk);
    let start = address;
    assert(address + chunk <= this.#slots, "slots are given back beyond the pool's end");
    assert(this.#free + chunk <= this.#slots, "more slots are given back than are not free");
    if (this.#isFree(order, start)) fail(`slot ${address} is free`);
    while (this.#isFree(order, start ^ (1 << order))) {
      this.#delete(order, start ^ (1 << order));
      start &= ~(1 << order);
      order += 1;
    }
    this.#add(order, start);
    this.#free += chunk;
  }

  holes(): Extent[] {
    const holes: Extent[] = [];
    this.#freeBlocks.forEach((blocks, order) => {
      if ((this.#freeOrders & (1 << order)) === 0) return;
      for (const block of blocks.members())
        holes.push({ start: block << order, count: 1 << order });
    });
    return holes.sort((a, b) => a.start - b.start);
  }

  #place(chunk: Slots): Address | null {
    const wanted = lowestBit(chunk);
    const orders = chunk > this.largestHole ? 0 : this.#freeOrders & (-1 << wanted);
    if (orders === 0) return null;
    let order = lowestBit(orders);
    const address = this.#freeBlocks[order]!.min! << order;
    this.#delete(order, address);
    while (order > wanted) {
      order -= 1;
      this.#add(order, address + (1 << order));
    }
    this.#free -= chunk;
    return address;
  }

  #isFree(order: number, address: Address): boolean {
    return this.#freeBlocks[order]?.has(address >> order) ?? false;
  }

  #add(order: number, address: Address): void {
    this.#freeBlocks[order]!.add(address >> order);
    this.#freeOrders |= 1 << order;
  }

  #delete(order: number, address: Address): void {
    const blocks = this.#freeBlocks[order]!;
    blocks.delete(address >> order);
    if (blocks.empty) this.#freeOrders &= ~(1 << order);
  }
}
