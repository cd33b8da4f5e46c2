import type { Layer, Vision } from "../catalog/architecture.ts";
import type { FamilyArchitecture } from "./common.ts";
import type { HuggingFaceConfig, VisionConfig } from "./keys.ts";

/** Adds the image encoder of `vision_config` to a text model; without one the text model is all. */
export function withVision(
  text: FamilyArchitecture,
  config: HuggingFaceConfig,
): FamilyArchitecture {
  const layers = config.text_config?.cross_attention_layers;
  return {
    ...text,
    layers: layers === undefined ? text.layers : withCrossAttention(text.layers, layers),
    vision: config.vision_config ? readVision(config.vision_config, text.hidden) : null,
  };
}

/** Layers that look at the image instead of the text: the same matrices, two norms of head size and two gates more. */
function withCrossAttention(layers: readonly Layer[], crossing: readonly number[]): Layer[] {
  return layers.map((layer, index) => {
    if (!crossing.includes(index) || layer.cache.kind === "latent") return layer;
    const { kvHeads, headDim } = layer.cache;
    return { ...layer, cache: { kind: "cross", kvHeads, headDim } };
  });
}

const DEFAULT_PATCH = 14;
const DEFAULT_IMAGE = 448;
/** Norms, biases and class token of a vision transformer are about a thousandth of it. */
const FEED_FORWARD_RATIO = 4;

/**
 * A vision transformer of these sizes: four attention and two (gated: three) feed-forward matrices a layer, patch embedding,
 * position embeddings (for each tile of each aspect ratio, where images are tiled), and the projection into the text.
 */
function readVision(config: VisionConfig, textHidden: number): Vision {
  const width = config.hidden_size ?? config.embed_dim ?? 1024;
  const feedForward = config.intermediate_size ?? FEED_FORWARD_RATIO * width;
  const layers = (config.num_hidden_layers ?? config.depth ?? 24) + (config.num_global_layers ?? 0);
  const patch = config.patch_size ?? DEFAULT_PATCH;
  const patches = Math.floor((config.image_size ?? DEFAULT_IMAGE) / patch) ** 2 + 1;
  const tiles = config.max_num_tiles ?? 1;
  const aspectRatios = config.supported_aspect_ratios?.length ?? 0;
  const output = config.vision_output_dim ?? width;
  const matrices = config.hidden_act === "silu" || config.model_type === "pixtral" ? 3 : 2;
  return {
    parameters:
      layers * (4 * width ** 2 + matrices * width * feedForward) +
      3 * patch ** 2 * width +
      patches * width * (1 + tiles * (aspectRatios === 0 ? 0 : aspectRatios + 1)) +
      projection(output, config.spatial_merge_size ?? 1, textHidden),
    tokensPerImage: tiles * patches,
    // Outputs of inner layers that the encoder hands on beside its own are kept until its end.
    widthPerToken: 2 * feedForward + 4 * width + (output - width),
  };
}

/** From the encoder into the text: one matrix, or two over patches that are merged before. */
function projection(output: number, merged: number, textHidden: number): number {
  const width = output * merged ** 2;
  return merged === 1 ? width * textHidden : width ** 2 + width * textHidden;
}

/** Families whose config.json wraps the text model's; the text's own `model_type` may be missing. */
export const textFamilyOf: Readonly<Record<string, string>> = {
  mllama: "llama",
  gemma3: "gemma3_text",
  llava: "llama",
  llava_next: "llama",
  mistral3: "mistral",
  idefics3: "llama",
  qwen2_vl: "qwen2",
  qwen2_5_vl: "qwen2",
  internvl_chat: "internlm2",
  exaone4: "exaone4",
};

/** The text part of a wrapped config.json, its number format and quantization inherited. */
export function textPart(config: HuggingFaceConfig): HuggingFaceConfig {
  const { text_config: text, quantization_config, torch_dtype, dtype } = config;
  if (text === undefined) return config;
  return { quantization_config, torch_dtype, dtype, ...text };
}
