import { Digest } from "../core/digest";
import { FreeUnits } from "./free-units";

/**
 * Equal blocks with reference counts over a free stack (vLLM v0.2.0, `BlockAllocator`): first the highest id, then what came back last.
 * What is kept of a count is the owners beyond the first, so that blocks which nobody shares come and go by the dozen.
 */
@final
export class BlockPool extends FreeUnits {
  readonly size: i32;
  /** The free blocks, the next one last; the first {@link freeCount} count. */
  readonly free: StaticArray<i32>;
  /** Owners of each block beyond the first; 0 for free ones. */
  readonly others: StaticArray<i32>;
  /** Takes in every block that is handed out. */
  readonly placements: Digest;

  constructor(blocks: i32, placements: Digest) {
    super(blocks);
    this.size = blocks;
    this.free = new StaticArray<i32>(blocks);
    this.others = new StaticArray<i32>(blocks);
    this.placements = placements;
    for (let block = 0; block < blocks; block += 1) this.free[block] = block;
  }

  /** Takes the block on top of the free stack, with one owner. */
  take(): i32 {
    assert(this.freeCount > 0, "a block is taken from an empty pool");
    this.freeCount -= 1;
    const block = this.free[this.freeCount];
    this.placements.add(block);
    return block;
  }

  /** Takes blocks one after the other into a column, from place `from` to before `until`. */
  takeInto(column: StaticArray<i32>, from: i32, until: i32): void {
    const free = this.free;
    const before = this.freeCount;
    let top = before;
    assert(until - from <= top, "a block is taken from an empty pool");
    for (let at = from; at < until; at += 1) {
      top -= 1;
      column[at] = free[top];
    }
    this.freeCount = top;
    this.placements.addDown(free, before, top);
  }

  /** A block that somebody has gains an owner. */
  @inline
  share(block: i32): void {
    this.others[block] += 1;
  }

  @inline
  isShared(block: i32): bool {
    return this.others[block] > 0;
  }

  /** Writes the owners of every block into a column, 0 for free ones. O(blocks). */
  countOwners(owners: StaticArray<i32>): void {
    for (let block = 0; block < this.size; block += 1) owners[block] = this.others[block] + 1;
    for (let at = 0; at < this.freeCount; at += 1) owners[this.free[at]] -= 1;
  }

  /** One owner less; without owners the block is free. */
  drop(block: i32): void {
    if (this.others[block] > 0) {
      this.others[block] -= 1;
      return;
    }
    assert(this.freeCount < this.size, "more blocks come back than there are");
    this.free[this.freeCount] = block;
    this.freeCount += 1;
  }

  /** Drops the blocks of a column from place `from` to before `until`, in that order, none of which is shared. */
  dropUnshared(column: StaticArray<i32>, from: i32, until: i32): void {
    const count = until - from;
    const top = this.freeCount;
    assert(top + count <= this.size, "more blocks come back than there are");
    const target = changetype<usize>(this.free) + ((<usize>top) << 2);
    memory.copy(target, changetype<usize>(column) + ((<usize>from) << 2), (<usize>count) << 2);
    this.freeCount = top + count;
  }
}
