import type { Architecture } from "../config/catalog/architecture.ts";
import type { ModelSpec } from "../config/catalog/specs.ts";
import { usualLayer } from "../config/hugging-face/layer.ts";

/**
 * A model that a config writes out, as layers: equal ones with the attention that the sizes give and a gated
 * feed-forward layer of what is left of the parameters; two tables of the vocabulary.
 */
export function architectureOfSpec(spec: ModelSpec): Architecture {
  const { layers, heads, kvHeads, headDim, hidden, vocabulary, parameters, latentElements } = spec;
  const tables = 2 * vocabulary * hidden;
  const attention = 2 * hidden * headDim * (heads + kvHeads);
  const rest = Math.max(0, (parameters - tables) / layers - attention);
  const usual = usualLayer({
    hidden,
    heads,
    kvHeads,
    headDim,
    feedForward: rest / (3 * hidden),
    matrices: 3,
    experts: null,
    cache: { kind: "full", kvHeads, headDim },
    vectors: 0,
  });
  const layer =
    latentElements === null
      ? usual
      : { ...usual, cache: { kind: "latent", elements: latentElements } as const };
  return {
    name: spec.name,
    layers: Array.from({ length: layers }, () => layer),
    heads,
    headDim,
    hidden,
    vocabulary,
    maxModelLen: spec.maxModelLen,
    tokenTable: vocabulary * hidden,
    tiedEmbeddings: false,
    otherParameters: 0,
    rotaryTable: spec.maxModelLen * headDim,
    vision: null,
    weightFormat: "bfloat16",
    quantization: null,
    source: spec.source,
  };
}
