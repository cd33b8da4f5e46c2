import { AttentionGroup } from "./attention-group";

/** Every token attends to all before it: all blocks are kept, and a hit ends at the first block that is missing. */
@final
export class FullAttentionGroup extends AttentionGroup {
  constructor(blockSize: i32) {
    super(blockSize, true, i32.MAX_VALUE);
  }

  skippedBlocks(_computedTokens: i32): i32 {
    return 0;
  }

  longestHit(found: StaticArray<i32>, limit: i32): i32 {
    const blocks = limit / this.blockSize;
    let hit = 0;
    while (hit < blocks && found[hit] !== 0) hit += 1;
    return hit * this.blockSize;
  }

  servesHits(_index: i32): bool {
    return true;
  }
}
