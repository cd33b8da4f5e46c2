import { Layout, NEIGHBOURS } from "../layout";
import { Holes } from "./holes";
import { NO_ADDRESS, Placement } from "./placement";

/** Chunks of exactly the size asked for, cut from the low end of a hole. */
export abstract class HolePlacement extends Placement {
  readonly holes: Holes = new Holes();
  /** Where the last chunk that was placed ends. */
  protected lastEnd: i32 = 0;

  constructor(slots: i32) {
    super(slots);
    if (slots > 0) this.holes.open(0, slots);
  }

  /** The hole to cut for `size` slots; −1 if none is large enough. */
  protected abstract choose(size: i32): i32;

  largestHole(): i32 {
    return this.holes.largest();
  }

  chunkSlots(size: i32): i32 {
    return size;
  }

  place(size: i32): i32 {
    const hole = this.choose(size);
    if (hole < 0) return NO_ADDRESS;
    const address = this.holes.cut(hole, size);
    this.freeCount -= size;
    this.lastEnd = address + size;
    return address;
  }

  release(address: i32, size: i32): void {
    assert(address + size <= this.slots, "slots are given back beyond the pool's end");
    this.holes.open(address, size);
    this.freeCount += size;
  }

  mark(): i32 {
    return this.lastEnd;
  }

  takeBack(addresses: StaticArray<i32>, sizes: StaticArray<i32>, count: i32, mark: i32): void {
    for (let index = 0; index < count; index += 1) this.release(addresses[index], sizes[index]);
    this.lastEnd = mark;
  }

  describe(layout: Layout): void {
    const holes = this.holes;
    layout.merges = NEIGHBOURS;
    for (let hole = 0; hole < holes.count; hole += 1)
      layout.gpu.free.add(holes.starts[hole], holes.sizes[hole]);
  }
}
