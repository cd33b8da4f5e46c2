import type { Layer } from "../catalog/architecture.ts";
import { eachLayer, type Family, outside, readSizes, type Sizes } from "./common.ts";
import { feedForwardWidth, routedExperts } from "./experts.ts";
import { type HuggingFaceConfig, needed } from "./keys.ts";
import { expertWeights } from "./layer.ts";

/** Sizes of multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, §2.1). */
interface LatentSizes {
  readonly queryRank: number | null;
  readonly rank: number;
  readonly plain: number;
  readonly rotary: number;
  readonly value: number;
}

/** DeepSeek-V2 and V3: latent attention; the first layers dense, the others experts beside shared ones. */
const deepseek: Family = (config) => {
  const sizes = readSizes(config);
  const latent = {
    queryRank: config.q_lora_rank ?? null,
    rank: needed(config, "kv_lora_rank"),
    plain: needed(config, "qk_nope_head_dim"),
    rotary: needed(config, "qk_rope_head_dim"),
    value: needed(config, "v_head_dim"),
  };
  const headDim = (latent.plain + latent.rotary + latent.value) / 2;
  return {
    ...outside(config, { ...sizes, headDim }),
    layers: eachLayer(sizes.layers, (layer) => latentLayer(config, sizes, latent, layer)),
  };
};

function latentLayer(
  config: HuggingFaceConfig,
  { hidden, heads }: Sizes,
  { queryRank, rank, plain, rotary, value }: LatentSizes,
  layer: number,
): Layer {
  const experts = routedExperts(config, layer);
  const feedForward = feedForwardWidth(config, layer, experts);
  const query = heads * (plain + rotary);
  const keyAndValue = heads * (plain + value);
  const output = heads * value;
  return {
    cache: { kind: "latent", elements: rank + rotary },
    weights: {
      attention: (queryRank ?? hidden) * query + rank * keyAndValue + output * hidden,
      keyValue: 0,
      replicated: hidden * ((queryRank ?? 0) + rank + rotary),
      feedForward: 3 * hidden * feedForward,
      ...expertWeights(experts, hidden, 3),
      vectors: 2 * hidden + (queryRank ?? 0) + rank,
    },
    widths: {
      feedForward,
      gates: 2,
      expert: experts?.width ?? 0,
      expertsPerToken: experts?.perToken ?? 0,
      // Queries, up-projected keys and values, keys again with their rotary part, and the output.
      attention: 2 * query + keyAndValue + output,
    },
  };
}

/** Families of multi-head latent attention. */
export const latentFamilies: Readonly<Record<string, Family>> = {
  deepseek_v2: deepseek,
  deepseek_v3: deepseek,
  kimi_k2: deepseek,
};
