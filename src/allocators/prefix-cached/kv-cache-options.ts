import type { Digest } from "../../core/digest.ts";
import type { Tokens } from "../../request.ts";
import type { GroupSpec } from "./attention-group.ts";
import type { ContentHash } from "./content-hash.ts";

/** What a KV cache manager is made of; everything in it stays the same for its life. */
export interface KvCacheOptions {
  /** All blocks of the pool, ≥ 1, the null block among them. */
  readonly numBlocks: number;
  /** At least one; each is given its blocks in this order. */
  readonly groups: readonly GroupSpec[];
  /** Content is compared in units of so many tokens; divides every block size. It changes no result. */
  readonly hashBlockSize: Tokens;
  readonly prefixCaching: boolean;
  /** Tokens of the longest request: nothing is allocated beyond. */
  readonly maxModelLen: Tokens;
  /** Tokens that one step computes at most. */
  readonly maxNumBatchedTokens: Tokens;
  /** Takes in each block handed out, in order; not of blocks that were hit. */
  readonly placements: Digest;
  /** Called with each block that loses what it holds because it is handed out, in order; null if nobody wants to know. */
  readonly onEvict: ((block: number) => void) | null;
  /** Only tests replace it, by worse ones. */
  readonly contentHash?: ContentHash;
}

/** The whole pool, for tests and checks. O(pool) to make. */
export interface KvCacheLayout {
  /** Owners of each block; of the null block 0. */
  readonly referenceCounts: Int32Array;
  /** Free blocks, first to be handed out first. */
  readonly freeQueue: readonly number[];
  /** Blocks that are cached, ascending; those that nobody could ask for only once they are free. */
  readonly hashed: readonly number[];
  /** Distinct contents among them, a content once for each group, and one more for each that nobody could ask for. */
  readonly cacheEntries: number;
  /** Runs of content that are remembered for blocks or requests; 0 once all is given back and forgotten. */
  readonly contentRuns: number;
}
