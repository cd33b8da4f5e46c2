import { fail } from "../core/assert.ts";
import { IdStack } from "../core/id-stack.ts";
import type { Extent } from "./allocator.ts";

/** Equal blocks with reference counts over a free stack (vLLM v0.2.0, `BlockAllocator`). */
export class BlockPool {
  readonly #free: IdStack;
  readonly #references: Int32Array;

  constructor(blocks: number) {
    this.#free = new IdStack(blocks);
    this.#references = new Int32Array(blocks);
  }

  get size(): number {
    return this.#free.size;
  }

  get freeCount(): number {
    return this.#free.count;
  }

  get references(): Int32Array {
    return this.#references;
  }

  /** Takes the block on top of the free stack, with one owner. */
  take(): number {
    const block = this.#free.pop();
    this.#references[block] = 1;
    return block;
  }

  share(block: number): void {
    if (this.#references[block]! <= 0) fail(`block ${block} is shared but nobody owns it`);
    this.#references[block]! += 1;
  }

  isShared(block: number): boolean {
    return this.#references[block]! > 1;
  }

  /** One owner less; without owners the block is free. */
  drop(block: number): void {
    const owners = this.#references[block]! - 1;
    if (owners < 0) fail(`block ${block} is released twice`);
    this.#references[block] = owners;
    if (owners === 0) this.#free.push(block);
  }

  /** One owner less for each of the first `count` blocks, in that order. */
  dropAll(blocks: Int32Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.drop(blocks[index]!);
  }

  /** Free blocks, bottom of the stack first. O(blocks). */
  freeBlocks(): number[] {
    return this.#free.toArray();
  }

  freeExtents(): Extent[] {
    return this.freeBlocks().map((start) => ({ start, count: 1 }));
  }
}
