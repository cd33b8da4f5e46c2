import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";

/** Every token attends to all before it: all blocks are kept, and a hit ends at the first block that is missing. */
export class FullAttentionGroup implements AttentionGroup {
  readonly blockSize: Tokens;
  readonly keepsAll = true;
  readonly admissionBlocks = Number.POSITIVE_INFINITY;

  constructor(blockSize: Tokens) {
    this.blockSize = blockSize;
  }

  skippedBlocks(): number {
    return 0;
  }

  longestHit(found: Int32Array, limit: Tokens): Tokens {
    const blocks = Math.floor(limit / this.blockSize);
    let hit = 0;
    while (hit < blocks && found[hit] !== 0) hit += 1;
    return hit * this.blockSize;
  }

  servesHits(): boolean {
    return true;
  }
}
