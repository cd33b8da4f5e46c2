import { AttentionGroup } from "./attention-group";

/** Every token attends to the last `window` tokens, itself included: older blocks are given back, and a hit needs only the last ones. */
@final
export class SlidingWindowGroup extends AttentionGroup {
  private readonly window: i32;
  private readonly alignment: i32;
  /** Blocks that the next token's window reaches back into, at a block boundary. */
  private readonly windowBlocks: i32;

  /**
   * @param alignment Hits are multiples of it; itself a multiple of `blockSize`.
   * @param longestHeld Most tokens between two calls that give old blocks back: window − 1 and one batch, or a whole request.
   */
  constructor(blockSize: i32, window: i32, alignment: i32, longestHeld: i32) {
    // One more, because the first token held need not be the first of its block.
    super(blockSize, false, blocksOf(longestHeld, blockSize) + 1);
    this.window = window;
    this.alignment = alignment;
    this.windowBlocks = blocksOf(window - 1, blockSize);
  }

  skippedBlocks(computedTokens: i32): i32 {
    return max(0, computedTokens - this.window + 1) / this.blockSize;
  }

  longestHit(found: StaticArray<i32>, limit: i32): i32 {
    let run = 0;
    for (let index = limit / this.blockSize - 1; index >= 0; index -= 1) {
      if (found[index] === 0) {
        run = 0;
        continue;
      }
      run += 1;
      if (run >= this.windowBlocks) return (index + run) * this.blockSize;
    }
    // A beginning shorter than the window needs only itself.
    return run * this.blockSize;
  }

  servesHits(index: i32): bool {
    const perSegment = this.alignment / this.blockSize;
    return perSegment === 1 || (index % perSegment) + this.windowBlocks >= perSegment;
  }
}

/** Blocks for so many tokens; the sum of both may exceed 32 bits. */
function blocksOf(tokens: i32, blockSize: i32): i32 {
  return tokens / blockSize + (tokens % blockSize > 0 ? 1 : 0);
}
