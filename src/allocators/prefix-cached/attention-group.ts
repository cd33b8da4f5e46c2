import type { Tokens } from "../../request.ts";

/** Layers that share block tables: full attention, or attention to the last `window` tokens only, the newest included. */
export type GroupSpec =
  | { readonly type: "full"; readonly blockSize: Tokens }
  | { readonly type: "sliding"; readonly blockSize: Tokens; readonly window: Tokens };

/** What a kind of attention decides about its blocks (vLLM V1, `SingleTypeKVCacheManager`). */
export interface AttentionGroup {
  readonly blockSize: Tokens;
  /** No block is ever given back before the request's end, and each can serve hits. */
  readonly keepsAll: boolean;
  /** Leading blocks that no later token attends to, once `computedTokens` are computed. */
  skippedBlocks(computedTokens: Tokens): number;
  /** The most blocks one request holds at once, for all its length; infinite when it keeps them all. */
  readonly admissionBlocks: number;
  /**
   * The longest beginning of at most `limit` tokens, in whole blocks, after which all that the next token attends to is cached.
   * `found` has the cached block at each index of the table so far, or 0.
   */
  longestHit(found: Int32Array, limit: Tokens): Tokens;
  /** Whether the block at `index` can ever serve a hit, which ends at a multiple of the alignment. */
  servesHits(index: number): boolean;
}
