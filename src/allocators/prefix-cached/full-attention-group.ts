import type { Tokens } from "../../request.ts";
import type { AttentionGroup, CachedBlocks } from "./attention-group.ts";

/** Every token attends to all before it: all blocks are kept, and a hit ends at the first block that is missing. */
export class FullAttentionGroup implements AttentionGroup {
  readonly blockSize: Tokens;
  readonly keepsAll = true;
  readonly admissionBlocks = Number.POSITIVE_INFINITY;
  readonly #index: number;

  constructor(index: number, blockSize: Tokens) {
    this.#index = index;
    this.blockSize = blockSize;
  }

  skippedBlocks(): number {
    return 0;
  }

  longestHit(cached: CachedBlocks, limit: Tokens): Tokens {
    const blocks = Math.floor(limit / this.blockSize);
    let hit = 0;
    while (hit < blocks && cached.block(this.#index, hit) !== 0) hit += 1;
    return hit * this.blockSize;
  }

  servesHits(): boolean {
    return true;
  }
}
