import { enlarged } from "../../core/columns";
import { shiftDown, shiftUp } from "./shifts";

/**
 * The free blocks of one size, each as its address in such blocks. They lie in descending order, the lowest last; there are few as a
 * rule, and to move those behind a place takes less than to keep a tree.
 */
@final
export class FreeBlocks {
  count: i32 = 0;
  blocks: StaticArray<i32> = new StaticArray<i32>(8);

  /** Takes out the lowest, of at least one. */
  takeLowest(): i32 {
    this.count -= 1;
    return this.blocks[this.count];
  }

  /** Takes in a block, or takes out its buddy if that is free: then they are one of twice the size. Whether they are. */
  give(block: i32): bool {
    const place = this.placeOf(block | 1);
    const met = place < this.count ? this.blocks[place] : -1;
    assert(met !== block, "a block is free already");
    if (met === (block ^ 1)) {
      shiftDown(this.blocks, place, this.count);
      this.count -= 1;
      return true;
    }
    this.insert(place, block);
    return false;
  }

  /** How many blocks are higher. */
  private placeOf(block: i32): i32 {
    const blocks = this.blocks;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (blocks[middle] > block) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(place: i32, block: i32): void {
    const count = this.count;
    if (count === this.blocks.length) this.blocks = enlarged(this.blocks, 2 * count);
    shiftUp(this.blocks, place, count);
    this.blocks[place] = block;
    this.count = count + 1;
  }
}
