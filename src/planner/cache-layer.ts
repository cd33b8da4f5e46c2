/** What a layer keeps of each token, on one GPU: its part of the KV heads. */
export type CacheLayer =
  | { readonly kind: "full"; readonly kvHeads: number; readonly headDim: number }
  | {
      readonly kind: "sliding";
      readonly kvHeads: number;
      readonly headDim: number;
      /** Tokens that the layer looks back on, ≥ 1. */
      readonly window: number;
    }
  /** Multi-head latent attention: one compressed vector a token, whole on every GPU. */
  | { readonly kind: "latent"; readonly elements: number };

/** Bytes that one layer keeps of one token: a key and a value for each head, or one latent vector. */
export function layerBytesPerToken(layer: CacheLayer, bytesPerElement: number): number {
  if (layer.kind === "latent") return layer.elements * bytesPerElement;
  return 2 * layer.kvHeads * layer.headDim * bytesPerElement;
}

/** Equal for layers that cache alike. */
export function cacheKey(layer: CacheLayer): string {
  if (layer.kind === "latent") return `latent ${layer.elements}`;
  const window = layer.kind === "sliding" ? layer.window : "all";
  return `${layer.kind} ${layer.kvHeads} ${layer.headDim} ${window}`;
}
