import type { HuggingFaceConfig, VisionConfig } from "./keys.ts";

/** hidden size, feed-forward width, layers, query heads, vocabulary, longest context. */
type TextSizes = readonly [number, number, number, number, number, number];

function text(sizes: TextSizes, more: HuggingFaceConfig = {}): HuggingFaceConfig {
  const [hidden, feedForward, layers, heads, vocabulary, context] = sizes;
  return {
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    vocab_size: vocabulary,
    max_position_embeddings: context,
    ...more,
  };
}

/**
 * What a `text_config` leaves out: Transformers writes of an inner config only what differs from its class (4.57 and 5,
 * `configuration_*.py` of each). A config.json that is not wrapped says all its sizes.
 */
export const textDefaults: Readonly<Record<string, HuggingFaceConfig>> = {
  llama: text([4096, 11_008, 32, 32, 32_000, 2048]),
  mistral: text([4096, 14_336, 32, 32, 32_000, 131_072], {
    num_key_value_heads: 8,
    sliding_window: 4096,
  }),
  ministral3: text([4096, 14_336, 34, 32, 131_072, 262_144], {
    num_key_value_heads: 8,
    head_dim: 128,
  }),
  qwen2: text([4096, 22_016, 32, 32, 151_936, 32_768], { num_key_value_heads: 32 }),
  qwen3: text([4096, 22_016, 32, 32, 151_936, 32_768], { num_key_value_heads: 32, head_dim: 128 }),
  qwen2_vl_text: text([8192, 29_568, 80, 64, 152_064, 32_768], { num_key_value_heads: 8 }),
  qwen2_5_vl_text: text([8192, 29_568, 80, 64, 152_064, 32_768], { num_key_value_heads: 8 }),
  qwen3_vl_text: text([4096, 22_016, 32, 32, 151_936, 128_000], {
    num_key_value_heads: 32,
    head_dim: 128,
  }),
  qwen3_vl_moe_text: text([2048, 5632, 24, 16, 151_936, 128_000], {
    num_key_value_heads: 16,
    num_experts: 60,
    num_experts_per_tok: 4,
    moe_intermediate_size: 1408,
  }),
  gemma3_text: text([2304, 9216, 26, 8, 262_208, 131_072], {
    num_key_value_heads: 4,
    head_dim: 256,
    sliding_window: 4096,
  }),
  mllama_text_model: text([4096, 14_336, 40, 32, 128_256, 131_072], {
    num_key_value_heads: 8,
    cross_attention_layers: [3, 8, 13, 18, 23, 28, 33, 38],
  }),
  cohere2: text([8192, 22_528, 40, 64, 256_000, 8192], { sliding_window: 4096 }),
};

/** hidden size, feed-forward width, layers, pixels of an image's side and of a patch's. */
type VisionSizes = readonly [number, number, number, number, number];

function encoder(sizes: VisionSizes, more: VisionConfig = {}): VisionConfig {
  const [hidden, feedForward, layers, image, patch] = sizes;
  return {
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    image_size: image,
    patch_size: patch,
    ...more,
  };
}

const QWEN2_VL: VisionConfig = {
  depth: 32,
  embed_dim: 1280,
  patch_size: 14,
  spatial_merge_size: 2,
};
const QWEN2_5_VL: VisionConfig = {
  depth: 32,
  hidden_size: 3584,
  intermediate_size: 3420,
  patch_size: 14,
  spatial_merge_size: 2,
  hidden_act: "silu",
};
const QWEN3_VL: VisionConfig = {
  depth: 27,
  hidden_size: 1152,
  intermediate_size: 4304,
  patch_size: 16,
  spatial_merge_size: 2,
  deepstack_visual_indexes: [8, 16, 24],
};

/** The same of a `vision_config`, whose types Transformers 5 renamed. */
export const visionDefaults: Readonly<Record<string, VisionConfig>> = {
  clip_vision_model: encoder([768, 3072, 12, 224, 32]),
  siglip_vision_model: encoder([768, 3072, 12, 224, 16]),
  pixtral: encoder([1024, 4096, 24, 1024, 16]),
  idefics3: encoder([1152, 3072, 12, 224, 32]),
  smolvlm_vision: encoder([1152, 3072, 12, 224, 32]),
  idefics3_vision: encoder([1152, 3072, 12, 224, 32]),
  internvl_vision: encoder([1024, 4096, 24, 448, 14]),
  qwen2_vl: QWEN2_VL,
  qwen2_vl_vision: QWEN2_VL,
  qwen2_5_vl: QWEN2_5_VL,
  qwen2_5_vl_vision: QWEN2_5_VL,
  qwen3_vl: QWEN3_VL,
  qwen3_vl_vision: QWEN3_VL,
  qwen3_vl_moe: QWEN3_VL,
  qwen3_vl_moe_vision: QWEN3_VL,
  mllama_vision_model: encoder([1280, 5120, 32, 448, 14], {
    num_global_layers: 8,
    max_num_tiles: 4,
    vision_output_dim: 7680,
    supported_aspect_ratios: ["1:1", "1:2", "1:3", "1:4", "2:1", "2:2", "3:1", "4:1"],
  }),
};
