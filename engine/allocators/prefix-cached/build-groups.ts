import { AttentionGroup } from "./attention-group";
import { FullAttentionGroup } from "./full-attention-group";
import { SlidingWindowGroup } from "./sliding-window-group";

/** The window of a group of layers that attend to all tokens. */
export const FULL: i32 = 0;

/** Hits, which are whole blocks in every group, end at multiples of it: the least common multiple of the block sizes. */
export function hitAlignment(blockSizes: StaticArray<i32>): i32 {
  let alignment = blockSizes[0];
  for (let group = 1; group < blockSizes.length; group += 1)
    alignment = (alignment / commonDivisor(alignment, blockSizes[group])) * blockSizes[group];
  return alignment;
}

/**
 * The groups of a model, in the order in which each is given its blocks.
 * @param windows Of each group; {@link FULL} for full attention.
 * @param maxModelLen Tokens of the longest request.
 * @param maxNumBatchedTokens Tokens that one step computes at most.
 */
export function buildGroups(
  blockSizes: StaticArray<i32>,
  windows: StaticArray<i32>,
  maxModelLen: i32,
  maxNumBatchedTokens: i32,
): StaticArray<AttentionGroup> {
  const alignment = hitAlignment(blockSizes);
  const groups = new StaticArray<AttentionGroup>(blockSizes.length);
  for (let group = 0; group < blockSizes.length; group += 1) {
    const blockSize = blockSizes[group];
    const window = windows[group];
    assert(blockSize >= 1, "blocks have at least one token");
    if (window === FULL) {
      groups[group] = new FullAttentionGroup(blockSize);
      continue;
    }
    assert(window >= 1, "a window reaches at least its own token");
    const longest = <i64>(window - 1) + <i64>maxNumBatchedTokens;
    const longestHeld = <i32>min<i64>(longest, maxModelLen);
    groups[group] = new SlidingWindowGroup(blockSize, window, alignment, longestHeld);
  }
  return groups;
}

function commonDivisor(a: i32, b: i32): i32 {
  return b === 0 ? a : commonDivisor(b, a % b);
}
