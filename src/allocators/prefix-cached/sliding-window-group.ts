import type { Tokens } from "../../request.ts";
import type { AttentionGroup } from "./attention-group.ts";

/** Every token attends to the last `window` tokens, itself included: older blocks are given back, and a hit needs only the last ones. */
export class SlidingWindowGroup implements AttentionGroup {
  readonly blockSize: Tokens;
  readonly keepsAll = false;
  readonly admissionBlocks: number;
  private readonly window: Tokens;
  private readonly alignment: Tokens;
  /** Blocks that the next token's window reaches back into, at a block boundary. */
  private readonly windowBlocks: number;

  /**
   * @param alignment Hits are multiples of it; itself a multiple of `blockSize`.
   * @param longestHeld Most tokens between two calls that give old blocks back: window − 1 and one batch, or a whole request.
   */
  constructor(
    spec: { readonly blockSize: Tokens; readonly window: Tokens },
    alignment: Tokens,
    longestHeld: Tokens,
  ) {
    this.blockSize = spec.blockSize;
    this.window = spec.window;
    this.alignment = alignment;
    this.windowBlocks = Math.ceil((spec.window - 1) / spec.blockSize);
    // One more, because the first token held need not be the first of its block.
    this.admissionBlocks = Math.ceil(longestHeld / spec.blockSize) + 1;
  }

  skippedBlocks(computedTokens: Tokens): number {
    return Math.floor(Math.max(0, computedTokens - this.window + 1) / this.blockSize);
  }

  longestHit(found: Int32Array, limit: Tokens): Tokens {
    let run = 0;
    for (let index = Math.floor(limit / this.blockSize) - 1; index >= 0; index -= 1) {
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

  servesHits(index: number): boolean {
    const perSegment = this.alignment / this.blockSize;
    return perSegment === 1 || (index % perSegment) + this.windowBlocks >= perSegment;
  }
}
