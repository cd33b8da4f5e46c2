import type { Layer, LayerCache } from "../catalog/architecture.ts";

/** Sizes of a usual transformer layer, and what it has besides matrices. */
export interface LayerSizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Of the dense feed-forward layer, shared experts included; 0 without one. */
  readonly feedForward: number;
  /** Feed-forward matrices: 3 with a gate, else 2. */
  readonly matrices: 2 | 3;
  readonly experts: Experts | null;
  readonly cache: LayerCache;
  /** Norms and biases. */
  readonly vectors: number;
}

/** The routed experts of a layer. */
export interface Experts {
  readonly count: number;
  readonly perToken: number;
  readonly width: number;
  /** Biases of one expert. */
  readonly vectors: number;
}

/** A layer of multi-head, grouped-query or multi-query attention and a feed-forward layer or experts. */
export function usualLayer(sizes: LayerSizes): Layer {
  const { hidden, heads, kvHeads, headDim, matrices, experts } = sizes;
  return {
    cache: sizes.cache,
    weights: {
      attention: 2 * hidden * heads * headDim,
      keyValue: 2 * hidden * kvHeads * headDim,
      replicated: 0,
      feedForward: matrices * hidden * sizes.feedForward,
      ...expertWeights(experts, hidden, matrices),
      vectors: sizes.vectors + (experts === null ? 0 : experts.count * experts.vectors),
    },
    widths: {
      feedForward: sizes.feedForward,
      gates: matrices === 3 ? 2 : 1,
      expert: experts?.width ?? 0,
      expertsPerToken: experts?.perToken ?? 0,
      attention: (2 * heads + 2 * kvHeads) * headDim,
    },
  };
}

/** Parameters of a layer's experts and of their router. */
export function expertWeights(experts: Experts | null, hidden: number, matrices: 2 | 3) {
  if (experts === null) return { experts: 0, activeExperts: 0, router: 0 };
  const one = matrices * hidden * experts.width;
  return {
    experts: experts.count * one,
    activeExperts: experts.perToken * one,
    router: experts.count * hidden,
  };
}
