import { type HuggingFaceConfig, needed } from "./keys.ts";
import type { Experts } from "./layer.ts";

/** The routed experts of a layer, in each maker's words; null in a dense layer. */
export function routedExperts(config: HuggingFaceConfig, layer: number): Experts | null {
  const { num_local_experts, num_experts, n_routed_experts, moe_num_experts } = config;
  const stated = num_local_experts ?? num_experts ?? n_routed_experts ?? moe_num_experts;
  const count = ofLayer(stated, layer) ?? 0;
  // Hunyuan's dense models state one expert.
  if (count <= 1 || isDense(config, layer)) return null;
  const { num_experts_per_tok, moe_k, moe_topk } = config;
  const perToken = ofLayer(num_experts_per_tok ?? moe_k ?? moe_topk, layer) ?? 1;
  const width = ofLayer(config.moe_intermediate_size, layer) ?? denseWidth(config);
  return { count, perToken: Math.min(perToken, count), width, vectors: 0 };
}

/** Layers without experts: those before the first, after the last or between every so many, and those that are named. */
function isDense(config: HuggingFaceConfig, layer: number): boolean {
  const first = config.first_k_dense_replace ?? config.moe_layer_start_index ?? 0;
  const last = config.moe_layer_end_index ?? -1;
  const step = config.decoder_sparse_step ?? config.moe_layer_interval ?? 1;
  const isOutside = layer < first || (last >= 0 && layer > last);
  return isOutside || (layer + 1) % step !== 0 || config.mlp_only_layers?.includes(layer) === true;
}

/** Width of the feed-forward layer of a layer: dense, or of the experts that every token passes beside the routed ones. */
export function feedForwardWidth(
  config: HuggingFaceConfig,
  layer: number,
  routed: Experts | null,
): number {
  if (routed === null) return denseWidth(config);
  const { n_shared_experts, moe_num_shared_experts, num_shared_expert } = config;
  const shared = n_shared_experts ?? moe_num_shared_experts ?? num_shared_expert;
  return config.shared_expert_intermediate_size ?? (ofLayer(shared, layer) ?? 0) * routed.width;
}

function denseWidth(config: HuggingFaceConfig): number {
  return needed(config, "intermediate_size", "ffn_hidden_size");
}

/** Hunyuan states some numbers once for each layer. */
function ofLayer(stated: number | readonly number[] | null | undefined, layer: number) {
  return Array.isArray(stated) ? stated[layer] : (stated as number | null | undefined);
}
