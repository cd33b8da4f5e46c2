import { assert } from "../../core/assert.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import type { Address, Placement } from "./placement.ts";

/** The holes of a pool, in an order that makes one kind of search fast. */
export interface HoleIndex {
  /** From now on the hole that starts at `address` has `size` slots; 0 is no hole. */
  set(address: Address, size: Slots): void;
  /** Size of the hole that starts at `address`, 0 without one; `address` may be the end of the pool. */
  sizeAt(address: Address): Slots;
  readonly largest: Slots;
  /** All holes, in the order in which they are searched. */
  holes(): Extent[];
}

/** The hole to cut for `size` slots; null without one. `lastEnd` is where the last chunk that was placed ends. */
export type ChooseHole = (size: Slots, lastEnd: Address) => Address | null;

/**
 * Chunks of exactly the size asked for, cut from the low end of a hole. A released chunk finds the holes around it by
 * boundary tags (Knuth, TAOCP 1, §2.5): one that starts where it ends, one that ends where it starts.
 */
export class HolePlacement implements Placement {
  readonly merges = "neighbours";
  readonly #holes: HoleIndex;
  readonly #choose: ChooseHole;
  readonly #slots: Slots;
  /** Where the hole that ends at an address starts, plus one; 0 when no hole ends there. */
  readonly #startByEnd: Int32Array;
  #free: Slots;
  #lastEnd: Address = 0;

  /** `holes` must be empty, and is from now on kept by this placement. */
  constructor(slots: Slots, holes: HoleIndex, choose: ChooseHole) {
    this.#slots = slots;
    this.#holes = holes;
    this.#choose = choose;
    this.#startByEnd = new Int32Array(slots + 1);
    this.#free = slots;
    this.#open(0, slots);
  }

  get free(): Slots {
    return this.#free;
  }

  get largestHole(): Slots {
    return this.#holes.largest;
  }

  chunkSlots(size: Slots): Slots {
    return size;
  }

  placeAll(sizes: readonly Slots[]): readonly Address[] | null {
    const lastEnd = this.#lastEnd;
    const addresses: Address[] = [];
    for (const size of sizes) {
      const address = this.#choose(size, this.#lastEnd);
      if (address === null) {
        addresses.forEach((placed, index) => {
          this.release(placed, sizes[index]!);
        });
        this.#lastEnd = lastEnd;
        return null;
      }
      this.#cut(address, size);
      addresses.push(address);
    }
    return addresses;
  }

  release(address: Address, size: Slots): void {
    const end = address + size;
    assert(end <= this.#slots && this.#holes.sizeAt(address) === 0, `slot ${address} is free`);
    const preceding = this.#startByEnd[address]!;
    const start = preceding > 0 ? preceding - 1 : address;
    const following = this.#holes.sizeAt(end);
    if (preceding > 0) this.#startByEnd[address] = 0;
    if (following > 0) this.#holes.set(end, 0);
    this.#open(start, end + following - start);
    this.#free += size;
  }

  holes(): Extent[] {
    return this.#holes.holes().sort((a, b) => a.start - b.start);
  }

  #cut(address: Address, size: Slots): void {
    const hole = this.#holes.sizeAt(address);
    this.#holes.set(address, 0);
    if (hole > size) this.#open(address + size, hole - size);
    else this.#startByEnd[address + size] = 0;
    this.#free -= size;
    this.#lastEnd = address + size;
  }

  #open(address: Address, size: Slots): void {
    this.#holes.set(address, size);
    this.#startByEnd[address + size] = address + 1;
  }
}
