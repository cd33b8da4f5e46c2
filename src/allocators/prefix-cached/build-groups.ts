import { assert, unreachable } from "../../core/assert.ts";
import type { Tokens } from "../../request.ts";
import type { AttentionGroup, GroupSpec } from "./attention-group.ts";
import { FullAttentionGroup } from "./full-attention-group.ts";
import { SlidingWindowGroup } from "./sliding-window-group.ts";

/** Hits, which are whole blocks in every group, end at multiples of it: the least common multiple of the block sizes. */
export function hitAlignment(specs: readonly GroupSpec[]): Tokens {
  return specs.map(({ blockSize }) => blockSize).reduce((a, b) => (a / commonDivisor(a, b)) * b);
}

/**
 * The groups of a model, in the order in which each is given its blocks.
 * @param maxModelLen Tokens of the longest request.
 * @param maxNumBatchedTokens Tokens that one step computes at most.
 */
export function buildGroups(
  specs: readonly GroupSpec[],
  maxModelLen: Tokens,
  maxNumBatchedTokens: Tokens,
): AttentionGroup[] {
  const alignment = hitAlignment(specs);
  return specs.map((spec) => {
    assert(spec.blockSize >= 1, "blocks have at least one token");
    if (spec.type === "full") return new FullAttentionGroup(spec.blockSize);
    if (spec.type !== "sliding") return unreachable(spec);
    assert(spec.window >= 1, "a window reaches at least its own token");
    const longestHeld = Math.min(spec.window - 1 + maxNumBatchedTokens, maxModelLen);
    return new SlidingWindowGroup(spec, alignment, longestHeld);
  });
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
