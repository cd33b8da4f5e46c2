import { assert } from "../core/assert.ts";
import { type CacheLayer, cacheKey } from "./cache-layer.ts";

/** Layers that share one block table: they cache alike. */
export interface CacheGroup {
  readonly layer: CacheLayer;
  readonly layers: number;
  /** Times the block size that its blocks hold, where its pages are smaller than those of others; absent for 1. */
  readonly blockScale?: number;
  /** Its layers need blocks alike, but their pages differ; absent where all are as `layer`. */
  readonly isMixed?: true;
}

/** All groups of a model. */
export interface CacheGroups {
  readonly groups: readonly CacheGroup[];
  /** Layers that each group is padded to; a block of the pool has a page for each of them. */
  readonly layersPerGroup: number;
}

/** Up to this ratio of the kinds' layer counts, padding the small kinds beats cutting the large ones. */
const PADDING_RATIO = 1.5;

/**
 * vLLM V1's groups of layers. All alike: one group. Else every kind is cut into groups of as many layers as the rarest
 * kind has (of the commonest kind's, where that is little more), kinds in order of first appearance.
 */
export function cacheGroups(layers: readonly CacheLayer[]): CacheGroups {
  assert(layers.length > 0, "a model has layers");
  const kinds = new Map<string, { layer: CacheLayer; count: number }>();
  for (const layer of layers) {
    const key = cacheKey(layer);
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { layer, count: 1 });
    else kind.count += 1;
  }
  const counts = [...kinds.values()].map(({ count }) => count);
  const layersPerGroup = groupSize(Math.min(...counts), Math.max(...counts));
  const groups = [...kinds.values()].flatMap(({ layer, count }) =>
    shareOut(count, Math.ceil(count / layersPerGroup)).map((share) => ({ layer, layers: share })),
  );
  return { groups, layersPerGroup };
}

function groupSize(fewest: number, most: number): number {
  return most < PADDING_RATIO * fewest ? most : fewest;
}

/** Layer i goes to group i mod k, so the first groups get one layer more. */
function shareOut(count: number, groups: number): number[] {
  return Array.from({ length: groups }, (_, index) => Math.ceil((count - index) / groups));
}
