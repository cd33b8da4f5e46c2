import type { Architecture, Layer, LayerWeights } from "../catalog/architecture.ts";
import type { ModelSpec } from "../catalog/specs.ts";

/** All parameters of a model, the image encoder's included. */
export function parameterCount(architecture: Architecture): number {
  return outsideLayers(architecture) + sum(architecture.layers, ({ weights }) => all(weights));
}

/** Parameters that one token uses: of the routed experts only its own. */
export function activeParameterCount(architecture: Architecture): number {
  const inactive = sum(
    architecture.layers,
    ({ weights: { experts, activeExperts } }) => experts - activeExperts,
  );
  return parameterCount(architecture) - inactive;
}

function all({ activeExperts: _, ...weights }: LayerWeights): number {
  return Object.values(weights).reduce((total, part) => total + part, 0);
}

function outsideLayers({ tokenTable, tiedEmbeddings, otherParameters, vision }: Architecture) {
  return (tiedEmbeddings ? 1 : 2) * tokenTable + otherParameters + (vision?.parameters ?? 0);
}

function sum(layers: readonly Layer[], value: (layer: Layer) => number): number {
  return layers.reduce((total, layer) => total + value(layer), 0);
}

function expertsOf({ layers }: Architecture): Pick<ModelSpec, "experts"> {
  const all = sum(layers, ({ weights }) => weights.experts);
  if (all === 0) return {};
  const share = sum(layers, ({ weights }) => weights.activeExperts) / all;
  return { experts: { parameters: all, share } };
}

/** Parameter counts are published to the million. */
const PUBLISHED_STEP = 1e6;

/** The model as a simulation sees it: sizes of a layer that stands for all. */
export function modelSpecOf(architecture: Architecture): ModelSpec {
  const { cache } = architecture.layers[0]!;
  const { name, heads, headDim, hidden, vocabulary, maxModelLen, source } = architecture;
  const published = (count: number) => Math.round(count / PUBLISHED_STEP) * PUBLISHED_STEP;
  return {
    name,
    layers: architecture.layers.length,
    heads,
    kvHeads: cache.kind === "latent" ? heads : cache.kvHeads,
    headDim: cache.kind === "latent" ? headDim : cache.headDim,
    hidden,
    parameters: published(parameterCount(architecture)),
    activeParameters: published(activeParameterCount(architecture)),
    ...expertsOf(architecture),
    vocabulary,
    maxModelLen,
    weightBytesPerParameter: (architecture.quantization?.bits ?? 16) / 8,
    kvBytesPerElement: architecture.kvBytesPerElement ?? 2,
    latentElements: cache.kind === "latent" ? cache.elements : null,
    source,
  };
}
