/** What a kind of attention decides about its blocks (vLLM V1, `SingleTypeKVCacheManager`). */
export abstract class AttentionGroup {
  readonly blockSize: i32;
  /** No block is ever given back before the request's end, and each can serve hits. */
  readonly keepsAll: bool;
  /** The most blocks one request holds at once, for all its length; i32.MAX_VALUE when it keeps them all. */
  readonly admissionBlocks: i32;

  constructor(blockSize: i32, keepsAll: bool, admissionBlocks: i32) {
    this.blockSize = blockSize;
    this.keepsAll = keepsAll;
    this.admissionBlocks = admissionBlocks;
  }

  /** Leading blocks that no later token attends to, once `computedTokens` are computed. */
  abstract skippedBlocks(computedTokens: i32): i32;
  /**
   * The longest beginning of at most `limit` tokens, in whole blocks, after which all that the next token attends to is cached.
   * `found` has the cached block at each index of the table so far, or 0.
   */
  abstract longestHit(found: StaticArray<i32>, limit: i32): i32;
  /** Whether the block at `index` can ever serve a hit, which ends at a multiple of the alignment. */
  abstract servesHits(index: i32): bool;
}
