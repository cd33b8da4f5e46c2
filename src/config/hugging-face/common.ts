import type { Architecture, LayerCache, WeightFormat } from "../catalog/architecture.ts";
import { ConfigProblem } from "../problem.ts";
import { type HuggingFaceConfig, needed, type RopeScaling } from "./keys.ts";
import { readQuantization } from "./quantization.ts";

/** What one family of config.json says; {@link architectureOf} adds name and source. */
export type FamilyArchitecture = Omit<Architecture, "name" | "source">;
/** Reads the config.json of one family. Throws {@link ConfigProblem} for a key that is missing or impossible. */
export type Family = (config: HuggingFaceConfig) => FamilyArchitecture;

/** Heads and sizes, whatever the family calls them. */
export interface Sizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
}

/** Reads them. Throws {@link ConfigProblem} that names the key. */
export function readSizes(config: HuggingFaceConfig): Sizes {
  const layers = needed(config, "num_hidden_layers", "n_layer", "n_layers", "num_layers");
  const heads = needed(config, "num_attention_heads", "n_head", "n_heads");
  const hidden = needed(config, "hidden_size", "n_embd", "d_model");
  const kvHeads = config.num_key_value_heads ?? heads;
  if (hidden < heads)
    throw new ConfigProblem(["hidden_size"], `expected at least ${heads}, one for each head`);
  if (kvHeads > heads)
    throw new ConfigProblem(["num_key_value_heads"], `expected at most ${heads}, the query heads`);
  return {
    layers,
    hidden,
    heads,
    kvHeads,
    headDim: config.head_dim ?? Math.floor(hidden / heads),
    vocabulary: needed(config, "vocab_size", "padded_vocab_size"),
  };
}

/** What all families have in common outside their layers. */
export function outside(config: HuggingFaceConfig, sizes: Sizes, tiedByDefault = false) {
  const { hidden, vocabulary, heads, headDim } = sizes;
  return {
    heads,
    headDim,
    hidden,
    vocabulary,
    maxModelLen: longestContext(config),
    tokenTable: vocabulary * hidden,
    tiedEmbeddings: config.tie_word_embeddings ?? tiedByDefault,
    otherParameters: hidden,
    rotaryTable: rotaryElements(config, headDim),
    vision: null,
    weightFormat: weightFormat(config),
    quantization: readQuantization(config.quantization_config ?? null),
  };
}

/** RoPE scalings whose config.json already states the stretched length. */
const STRETCHED = new Set(["su", "longrope", "llama3", "mrope", "default", "proportional"]);

/**
 * The longest context that vLLM derives from config.json (`_get_and_verify_max_len`): the shortest that is stated, stretched by
 * the RoPE scaling. Cohere's `model_max_length` overrules the others, and Gemma 3 states a stretched one.
 */
export function longestContext(config: HuggingFaceConfig): number {
  const stated = config.model_max_length ?? shortestStated(config);
  const scaling = ropeScaling(config);
  const type = scaling?.rope_type ?? scaling?.type;
  if (!scaling?.factor || !type || STRETCHED.has(type)) return stated;
  if (config.model_type?.includes("gemma3")) return stated;
  const before = (type === "yarn" && scaling.original_max_position_embeddings) || stated;
  return Math.floor(before * scaling.factor);
}

function shortestStated(config: HuggingFaceConfig): number {
  const { n_positions, max_seq_len, seq_length } = config;
  const first = needed(
    config,
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "seq_length",
  );
  return Math.min(first, n_positions ?? first, max_seq_len ?? first, seq_length ?? first);
}

/** As Transformers up to version 4 writes it, or since version 5: for all layers, or for each type of layers. */
function ropeScaling({ rope_scaling, rope_parameters }: HuggingFaceConfig): RopeScaling | null {
  if (rope_scaling) return rope_scaling;
  if (!rope_parameters) return null;
  const { full_attention } = rope_parameters;
  return full_attention ?? rope_parameters;
}

/** Cosine and sine of each position, for half of the rotated elements each. */
function rotaryElements(config: HuggingFaceConfig, headDim: number): number {
  const rotated = config.qk_rope_head_dim ?? headDim * (config.partial_rotary_factor ?? 1);
  return Math.floor(longestContext(config) * rotated);
}

function weightFormat(config: HuggingFaceConfig): WeightFormat {
  const format = config.torch_dtype ?? config.dtype;
  return format === "bfloat16" || format === "float32" ? format : "float16";
}

/** The layer's cache: full, or sliding where `isSliding` says so. */
export function cacheOf(sizes: Sizes, window: number | null): LayerCache {
  const { kvHeads, headDim } = sizes;
  if (window === null) return { kind: "full", kvHeads, headDim };
  return { kind: "sliding", kvHeads, headDim, window };
}

/**
 * The window of a layer, null where it looks back on everything: what `layer_types` says, else `byDefault`, of a
 * `sliding_window` that is in use.
 */
export function windowOf(
  config: HuggingFaceConfig,
  layer: number,
  byDefault: (layer: number) => boolean,
): number | null {
  const window = config.sliding_window ?? 0;
  if (window <= 0 || config.use_sliding_window === false) return null;
  const type = config.layer_types?.[layer];
  const slides = type === undefined ? byDefault(layer) : type === "sliding_attention";
  return slides ? window : null;
}

/** One value for each layer, first to last. */
export function eachLayer<T>(count: number, build: (layer: number) => T): T[] {
  return Array.from({ length: count }, (_, layer) => build(layer));
}
