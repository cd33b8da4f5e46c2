import type { Layer, Vision } from "../catalog/architecture.ts";
import type { FamilyArchitecture } from "./common.ts";
import { textDefaults, visionDefaults } from "./defaults.ts";
import type { HuggingFaceConfig, VisionConfig } from "./keys.ts";
import {
  gatedPerceptron,
  mergedPerceptron,
  merger,
  oneMatrix,
  type Projection,
  type ProjectionSizes,
  perceptron,
} from "./projections.ts";

/** A model whose config.json wraps that of its text. */
interface Wrapper {
  /** The text's `model_type`, where the file does not say it. */
  readonly text: string;
  readonly projection: Projection;
  /** Patches in each direction that become one token, where the file does not say it; 1 if absent. */
  readonly merged?: number;
}

/** What is known to wrap a text model. */
export const wrappers: Readonly<Record<string, Wrapper>> = {
  mllama: { text: "mllama_text_model", projection: oneMatrix },
  gemma3: { text: "gemma3_text", projection: oneMatrix },
  llava: { text: "llama", projection: perceptron },
  llava_next: { text: "llama", projection: perceptron },
  mistral3: { text: "mistral", projection: mergedPerceptron, merged: 2 },
  idefics3: { text: "llama", projection: oneMatrix, merged: 2 },
  smolvlm: { text: "llama", projection: oneMatrix, merged: 2 },
  qwen2_vl: { text: "qwen2_vl_text", projection: merger, merged: 2 },
  qwen2_5_vl: { text: "qwen2_5_vl_text", projection: merger, merged: 2 },
  qwen3_vl: { text: "qwen3_vl_text", projection: merger, merged: 2 },
  qwen3_vl_moe: { text: "qwen3_vl_moe_text", projection: merger, merged: 2 },
  internvl: { text: "qwen2", projection: perceptron, merged: 2 },
  internvl_chat: { text: "internlm2", projection: perceptron, merged: 2 },
  aya_vision: { text: "cohere2", projection: gatedPerceptron, merged: 2 },
  kimi_vl: { text: "deepseek_v3", projection: merger, merged: 2 },
};

/** The wrapper of that name; undefined for any other model. */
export function wrapperOf(type: string | null | undefined): Wrapper | undefined {
  return type && Object.hasOwn(wrappers, type) ? wrappers[type] : undefined;
}

/**
 * The text part of a wrapped config.json: what it says, what is inherited, and the defaults of its class. Older files of some
 * wrappers are not nested, and are their own text part.
 */
export function textPart(config: HuggingFaceConfig): HuggingFaceConfig {
  const wrapper = wrapperOf(config.model_type);
  if (wrapper === undefined) return config;
  const inner = config.text_config ?? config.llm_config;
  if (!inner) return { ...config, model_type: wrapper.text };
  const model_type = inner.model_type ?? wrapper.text;
  const { quantization_config, torch_dtype, dtype, tie_word_embeddings } = config;
  const inherited = { quantization_config, torch_dtype, dtype, tie_word_embeddings };
  return { ...defaultsOf(textDefaults, model_type), ...inherited, ...inner, model_type };
}

function defaultsOf<T>(table: Readonly<Record<string, T>>, type: string | null | undefined) {
  return type && Object.hasOwn(table, type) ? table[type] : undefined;
}

/** Adds the image encoder of `vision_config` to a text model; without one the text model is all. */
export function withVision(
  read: FamilyArchitecture,
  config: HuggingFaceConfig,
  text: HuggingFaceConfig,
): FamilyArchitecture {
  const wrapper = wrapperOf(config.model_type);
  if (wrapper === undefined) return read;
  const crossing = text.cross_attention_layers;
  return {
    ...read,
    layers: crossing ? withCrossAttention(read.layers, crossing) : read.layers,
    vision: config.vision_config ? readVision(wrapper, config, read.hidden) : null,
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
function readVision(wrapper: Wrapper, config: HuggingFaceConfig, text: number): Vision {
  const stated = config.vision_config!;
  const vision: VisionConfig = { ...defaultsOf(visionDefaults, stated.model_type), ...stated };
  // Where both are given (Qwen2-VL), `hidden_size` is that of the output.
  const width = vision.embed_dim ?? vision.hidden_size ?? 1024;
  const feedForward = vision.intermediate_size ?? FEED_FORWARD_RATIO * width;
  const layers = (vision.num_hidden_layers ?? vision.depth ?? 24) + (vision.num_global_layers ?? 0);
  const patch = sideOf(vision.patch_size) ?? DEFAULT_PATCH;
  const patches = Math.floor((sideOf(vision.image_size) ?? DEFAULT_IMAGE) / patch) ** 2 + 1;
  const tiles = vision.max_num_tiles ?? 1;
  const aspectRatios = vision.supported_aspect_ratios?.length ?? 0;
  const output = vision.vision_output_dim ?? width;
  const matrices = vision.hidden_act === "silu" || vision.model_type === "pixtral" ? 3 : 2;
  return {
    parameters:
      layers * (4 * width ** 2 + matrices * width * feedForward) +
      3 * patch ** 2 * width +
      patches * width * (1 + tiles * (aspectRatios === 0 ? 0 : aspectRatios + 1)) +
      wrapper.projection(projectionSizes(wrapper, config, vision, { width: output, text })),
    tokensPerImage: tiles * patches,
    // Outputs of inner layers that the encoder hands on beside its own are kept until its end.
    widthPerToken: 2 * feedForward + 4 * width + (output - width),
  };
}

function projectionSizes(
  wrapper: Wrapper,
  config: HuggingFaceConfig,
  vision: VisionConfig,
  ends: Pick<ProjectionSizes, "width" | "text">,
): ProjectionSizes {
  const side = mergedSide(config, vision) ?? wrapper.merged ?? 1;
  return {
    ...ends,
    patches: side ** 2,
    inner: vision.deepstack_visual_indexes?.length ?? 0,
    gated: config.alignment_intermediate_size ?? ends.text,
  };
}

/** The longer side, where both are given. */
function sideOf(size: VisionConfig["image_size"]): number | undefined {
  return Array.isArray(size) ? Math.max(...size) : (size ?? undefined);
}

/** Patches in each direction that become one token, in each maker's words. */
function mergedSide(config: HuggingFaceConfig, vision: VisionConfig): number | undefined {
  const { downsample_ratio: ratio, downsample_factor, scale_factor } = config;
  const side = vision.merge_kernel_size?.[0] ?? vision.spatial_merge_size;
  const inverse = ratio ? 1 / ratio : undefined;
  return side ?? config.spatial_merge_size ?? scale_factor ?? downsample_factor ?? inverse;
}
