import { assert } from "../../core/assert.ts";
import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";
import { Holes } from "./holes.ts";
import type { Address, Placement } from "./placement.ts";

/** Instead of an address: no hole is large enough. */
const NOWHERE: Address = -1;

/** The hole to cut for `size` slots; -1 if none is large enough. `lastEnd` is where the last chunk that was placed ends. */
export type ChooseHole = (holes: Holes, size: Slots, lastEnd: Address) => number;

/** Chunks of exactly the size asked for, cut from the low end of a hole. */
export class HolePlacement implements Placement {
  readonly merges = "neighbours";
  private readonly slots: Slots;
  readonly #holes = new Holes();
  private readonly choose: ChooseHole;
  #free: Slots;
  #lastEnd: Address = 0;

  constructor(slots: Slots, choose: ChooseHole) {
    this.slots = slots;
    this.choose = choose;
    this.#free = slots;
    if (slots > 0) this.#holes.open(0, slots);
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
    if (sizes.length > 1) return this.#placeTogether(sizes);
    const address = this.#place(sizes[0]!);
    return address === NOWHERE ? null : [address];
  }

  release(address: Address, size: Slots): void {
    assert(address + size <= this.slots, "slots are given back beyond the pool's end");
    this.#holes.open(address, size);
    this.#free += size;
  }

  holes(): Extent[] {
    return this.#holes.list();
  }

  #placeTogether(sizes: readonly Slots[]): readonly Address[] | null {
    const lastEnd = this.#lastEnd;
    const addresses: Address[] = [];
    for (const size of sizes) {
      const address = this.#place(size);
      if (address === NOWHERE) {
        for (const [index, placed] of addresses.entries()) this.release(placed, sizes[index]!);
        this.#lastEnd = lastEnd;
        return null;
      }
      addresses.push(address);
    }
    return addresses;
  }

  #place(size: Slots): Address {
    const hole = this.choose(this.#holes, size, this.#lastEnd);
    if (hole < 0) return NOWHERE;
    const address = this.#holes.cut(hole, size);
    this.#free -= size;
    this.#lastEnd = address + size;
    return address;
  }
}
