import type { Tokens } from "../../request.ts";
import type { AttentionGroup, CachedBlocks } from "./attention-group.ts";

/** Every token attends to all before it: all blocks are kept, and a hit ends at the first block that is missing. */
export class FullAttentionGroup implements AttentionGroup {
  readonly blockSize: Tokens;
  readonly admissionBlocks = Number.POSITIVE_INFINITY;
  readonly #index: number;
  readonly #alignment: Tokens;

  /** @param alignment Hits are multiples of it; itself a multiple of `blockSize`. */
  constructor(index: number, blockSize: Tokens, alignment: Tokens) {
    this.#index = index;
    this.blockSize = blockSize;
    this.#alignment = alignment;
  }

  skippedBlocks(): number {
    return 0;
  }

  longestHit(cached: CachedBlocks, limit: Tokens): Tokens {
    const blocks = Math.floor(limit / this.blockSize);
    let hit = 0;
    while (hit < blocks && cached.block(this.#index, hit) !== 0) hit += 1;
    const tokens = hit * this.blockSize;
    return tokens - (tokens % this.#alignment);
  }

  servesHits(): boolean {
    return true;
  }
}
