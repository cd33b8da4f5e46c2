import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";

/** A model that commands and configs may name: the part of its config.json that memory depends on. */
export interface CatalogueModel {
  readonly name: string;
  readonly config: HuggingFaceConfig;
  /** Where the figures come from: the config.json of the public weights, or a paper's table. */
  readonly source: string;
  /** Other names of the same shape, in small letters with hyphens: fine-tuned and distilled models, later versions. */
  readonly aliases: readonly string[];
}

/** A row of the catalogue. */
export function model(
  name: string,
  source: string,
  config: HuggingFaceConfig,
  aliases: readonly string[] = [],
): CatalogueModel {
  return { name, config, source, aliases };
}

/** The file beside public weights. */
export function published(repository: string): string {
  return `${repository} config.json`;
}

/** hidden size, feed-forward width, layers, query heads, KV heads, vocabulary, longest context. */
export type GatedSizes = readonly [number, number, number, number, number, number, number];

/** The keys that gated decoders share. */
export function gated(
  model_type: string,
  sizes: GatedSizes,
  more: HuggingFaceConfig = {},
): HuggingFaceConfig {
  const [hidden, feedForward, layers, heads, kvHeads, vocabulary, context] = sizes;
  return {
    model_type,
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: vocabulary,
    max_position_embeddings: context,
    tie_word_embeddings: false,
    torch_dtype: "bfloat16",
    ...more,
  };
}

/** Checkpoints in half precision. */
export const HALF: HuggingFaceConfig = { torch_dtype: "float16" };
/** Models whose output head is their token table. */
export const TIED: HuggingFaceConfig = { tie_word_embeddings: true };
