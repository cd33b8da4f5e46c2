import { z } from "zod";
import { ConfigProblem } from "../problem.ts";

/** Sizes beyond these are no model's; memory for a list of layers is bounded too. */
const MOST_LAYERS = 2000;
const size = z.int().min(1).max(1e8);
const count = z.int().min(0).max(1e8);
const layers = z.int().min(1).max(MOST_LAYERS);
/** More experts than any mixture has: a roofline looks up its reads in a list that grows with them. */
const MOST_EXPERTS = 16_384;
const experts = z.int().min(0).max(MOST_EXPERTS);
const flag = z.boolean();

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

/** Keys that may be missing; `null` says the same. */
function optional<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const entries = Object.entries(shape).map(([key, schema]) => [key, schema.nullish()]);
  return Object.fromEntries(entries) as {
    [Key in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Key]>>;
  };
}

/** One for all layers, or one for each. */
function eachOr<T extends z.ZodType>(one: T) {
  return z.union([one, z.array(one)]);
}

const ropeKeys = optional({
  type: z.string(),
  rope_type: z.string(),
  factor: z.number(),
  original_max_position_embeddings: z.number(),
});
const ropeScaling = z.looseObject(ropeKeys);
const ropeParameters = z.looseObject({ ...ropeKeys, full_attention: ropeScaling.nullish() });

/** The keys of the many config.json formats that memory depends on. */
const plain = optional({
  model_type: z.string(),
  num_hidden_layers: layers,
  n_layer: layers,
  n_layers: layers,
  num_layers: layers,
  num_attention_heads: size,
  n_head: size,
  n_heads: size,
  num_key_value_heads: size,
  num_kv_heads: size,
  multi_query: flag,
  multi_query_attention: flag,
  multi_query_group_num: size,
  new_decoder_architecture: flag,
  head_dim: size,
  kv_channels: size,
  hidden_size: size,
  n_embd: size,
  d_model: size,
  intermediate_size: size,
  ffn_dim: size,
  ffn_hidden_size: size,
  n_inner: size,
  expansion_ratio: z.number(),
  vocab_size: size,
  padded_vocab_size: size,
  max_position_embeddings: size,
  n_positions: size,
  max_seq_len: size,
  seq_length: size,
  model_max_length: size,
  word_embed_proj_dim: size,
  tie_word_embeddings: flag,
  attention_bias: flag,
  qkv_bias: flag,
  use_bias: flag,
  bias: flag,
  partial_rotary_factor: z.number(),
  rope_scaling: ropeScaling,
  rope_parameters: ropeParameters,
  attn_config: z.looseObject(optional({ kv_n_heads: size })),
  sliding_window: z.int(),
  use_sliding_window: flag,
  max_window_layers: count,
  sliding_window_pattern: z.union([size, z.string().regex(/^[LG]+$/)]),
  layer_types: z.array(z.string()),
  num_local_experts: experts,
  num_experts: eachOr(experts),
  n_routed_experts: experts,
  num_experts_per_tok: size,
  moe_intermediate_size: eachOr(size),
  shared_expert_intermediate_size: count,
  n_shared_experts: count,
  num_shared_expert: eachOr(count),
  moe_num_experts: experts,
  moe_num_shared_experts: count,
  moe_k: size,
  moe_topk: eachOr(size),
  moe_layer_start_index: count,
  moe_layer_end_index: z.int(),
  moe_layer_interval: size,
  first_k_dense_replace: count,
  decoder_sparse_step: size,
  mlp_only_layers: z.array(z.int()),
  q_lora_rank: size,
  kv_lora_rank: size,
  qk_nope_head_dim: size,
  qk_rope_head_dim: size,
  v_head_dim: size,
  cross_attention_layers: z.array(z.int()),
  torch_dtype: z.string(),
  dtype: z.string(),
  quantization_config: quantization,
});

/** Pixels of a side, or of both. */
const side = z.union([size, z.array(size).min(1)]);

const vision = z.looseObject(
  optional({
    model_type: z.string(),
    hidden_act: z.string(),
    spatial_merge_size: size,
    hidden_size: size,
    embed_dim: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_global_layers: count,
    depth: size,
    image_size: side,
    patch_size: side,
    max_num_tiles: size,
    vision_output_dim: size,
    supported_aspect_ratios: z.array(z.unknown()),
    merge_kernel_size: z.array(size),
    deepstack_visual_indexes: z.array(z.int()),
  }),
);

/** Any config.json: unknown keys are left alone, known ones are of the right type. */
export const huggingFaceSchema = z.looseObject({
  ...plain,
  // Of wrapped models.
  ...optional({
    spatial_merge_size: size,
    scale_factor: size,
    downsample_factor: size,
    downsample_ratio: z.number().positive().max(1),
    alignment_intermediate_size: size,
    text_config: z.looseObject(plain),
    llm_config: z.looseObject(plain),
    vision_config: vision,
  }),
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
