import { z } from "zod";
import { ConfigProblem } from "../problem.ts";

/** Sizes beyond these are no model's; memory for a list of layers is bounded too. */
const MOST_LAYERS = 2000;
const size = z.int().min(1).max(1e8);
const count = z.int().min(0).max(1e8);
const layers = z.int().min(1).max(MOST_LAYERS);
const flag = z.boolean();

const ropeKeys = {
  type: z.string().optional(),
  rope_type: z.string().optional(),
  factor: z.number().nullish(),
  original_max_position_embeddings: z.number().optional(),
};
const ropeScaling = z.looseObject(ropeKeys);
const ropeParameters = z.looseObject({ ...ropeKeys, full_attention: ropeScaling.optional() });

const modules = z.array(z.string()).nullish();

const quantization = z.looseObject({
  quant_method: z.string().optional(),
  bits: z.number().optional(),
  group_size: z.int().nullish(),
  load_in_8bit: flag.optional(),
  bnb_4bit_use_double_quant: flag.nullish(),
  quant_algo: z.string().nullish(),
  config_groups: z
    .record(z.string(), z.looseObject({ weights: z.unknown(), targets: modules }))
    .nullish(),
  ignore: modules,
  ignored_layers: modules,
  modules_to_not_convert: modules,
  llm_int8_skip_modules: modules,
  kv_cache_scheme: z.unknown().optional(),
  kv_cache_quant_algo: z.string().nullish(),
});

/** The keys of the many config.json formats that memory depends on. */
const plain = {
  model_type: z.string().optional(),
  num_hidden_layers: layers.optional(),
  n_layer: layers.optional(),
  n_layers: layers.optional(),
  num_layers: layers.optional(),
  num_attention_heads: size.optional(),
  n_head: size.optional(),
  n_heads: size.optional(),
  num_key_value_heads: size.nullish(),
  num_kv_heads: size.nullish(),
  multi_query: flag.optional(),
  multi_query_attention: flag.optional(),
  multi_query_group_num: size.optional(),
  new_decoder_architecture: flag.optional(),
  head_dim: size.nullish(),
  kv_channels: size.optional(),
  hidden_size: size.optional(),
  n_embd: size.optional(),
  d_model: size.optional(),
  intermediate_size: size.optional(),
  ffn_dim: size.optional(),
  ffn_hidden_size: size.nullish(),
  n_inner: size.nullish(),
  expansion_ratio: z.number().optional(),
  vocab_size: size.optional(),
  padded_vocab_size: size.optional(),
  max_position_embeddings: size.optional(),
  n_positions: size.optional(),
  max_seq_len: size.optional(),
  seq_length: size.optional(),
  model_max_length: size.nullish(),
  word_embed_proj_dim: size.optional(),
  tie_word_embeddings: flag.optional(),
  attention_bias: flag.optional(),
  qkv_bias: flag.optional(),
  use_bias: flag.optional(),
  bias: flag.optional(),
  partial_rotary_factor: z.number().optional(),
  rope_scaling: ropeScaling.nullish(),
  rope_parameters: ropeParameters.nullish(),
  attn_config: z.looseObject({ kv_n_heads: size.optional() }).nullish(),
  sliding_window: z.int().nullish(),
  use_sliding_window: flag.optional(),
  max_window_layers: count.optional(),
  sliding_window_pattern: z.union([size, z.string().regex(/^[LG]+$/)]).nullish(),
  layer_types: z.array(z.string()).nullish(),
  num_local_experts: size.optional(),
  num_experts: count.nullish(),
  n_routed_experts: size.nullish(),
  num_experts_per_tok: size.nullish(),
  moe_intermediate_size: size.optional(),
  shared_expert_intermediate_size: count.optional(),
  n_shared_experts: count.nullish(),
  first_k_dense_replace: count.optional(),
  decoder_sparse_step: size.optional(),
  mlp_only_layers: z.array(z.int()).optional(),
  q_lora_rank: size.nullish(),
  kv_lora_rank: size.nullish(),
  qk_nope_head_dim: size.optional(),
  qk_rope_head_dim: size.optional(),
  v_head_dim: size.optional(),
  cross_attention_layers: z.array(z.int()).optional(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
  quantization_config: quantization.nullish(),
};

const vision = z.looseObject({
  model_type: z.string().optional(),
  hidden_act: z.string().optional(),
  spatial_merge_size: size.optional(),
  hidden_size: size.optional(),
  embed_dim: size.optional(),
  intermediate_size: size.optional(),
  num_hidden_layers: size.optional(),
  num_global_layers: count.optional(),
  depth: size.optional(),
  image_size: size.optional(),
  patch_size: size.optional(),
  max_num_tiles: size.optional(),
  vision_output_dim: size.optional(),
  supported_aspect_ratios: z.array(z.unknown()).optional(),
});

/** Any config.json: unknown keys are left alone, known ones are of the right type. */
export const huggingFaceSchema = z.looseObject({
  ...plain,
  text_config: z.looseObject(plain).optional(),
  vision_config: vision.nullish(),
});

/** A config.json as read: every known key may be missing. */
export type HuggingFaceConfig = z.output<typeof huggingFaceSchema>;
/** How rotary positions are stretched. */
export type RopeScaling = z.output<typeof ropeScaling>;
/** The image encoder in a config.json. */
export type VisionConfig = z.output<typeof vision>;

type SizeKey = {
  [Key in keyof typeof plain]-?: HuggingFaceConfig[Key] extends number | null | undefined
    ? Key
    : never;
}[keyof typeof plain];

/** The first of these keys that the file has. Throws {@link ConfigProblem} that names the first where none is there. */
export function needed(config: HuggingFaceConfig, ...keys: [SizeKey, ...SizeKey[]]): number {
  for (const key of keys) {
    const value = config[key];
    if (typeof value === "number") return value;
  }
  throw new ConfigProblem([keys[0]], "expected an integer ≥ 1, got nothing");
}
