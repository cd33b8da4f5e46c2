import {
  cacheOf,
  eachLayer,
  type Family,
  type FamilyArchitecture,
  outside,
  readSizes,
  type Sizes,
  windowOf,
} from "./common.ts";
import { type HuggingFaceConfig, needed } from "./keys.ts";
import { usualLayer } from "./layer.ts";

/** What tells the decoders with plain feed-forward layers (two matrices) apart. */
interface ClassicTraits {
  readonly kvHeads?: (config: HuggingFaceConfig, heads: number) => number;
  readonly feedForward: (config: HuggingFaceConfig, hidden: number) => number;
  /** Norms of a layer, each a weight and a bias for every hidden element. */
  readonly norms: number;
  /** Whether matrices have biases: all, only those of the feed-forward layer, or none. */
  readonly biases: "all" | "feed-forward" | "none";
  readonly tied: boolean;
  /** Learned positions; 0 where positions are rotary or ALiBi. */
  readonly positions: (config: HuggingFaceConfig) => number;
  readonly rotary: boolean;
}

const noPositions = () => 0;
const fourfold = (config: HuggingFaceConfig, hidden: number) =>
  config.n_inner ?? config.ffn_hidden_size ?? config.intermediate_size ?? 4 * hidden;

function family(traits: ClassicTraits): Family {
  return (config) => decoder(traits, config);
}

function decoder(traits: ClassicTraits, config: HuggingFaceConfig): FamilyArchitecture {
  const read = readSizes(config);
  const sizes = { ...read, kvHeads: traits.kvHeads?.(config, read.heads) ?? read.kvHeads };
  const { hidden, layers } = sizes;
  const feedForward = traits.feedForward(config, hidden);
  const common = outside(config, sizes, traits.tied);
  const layer = usualLayer({
    ...sizes,
    feedForward,
    matrices: 2,
    experts: null,
    cache: cacheOf(
      sizes,
      windowOf(config, 0, () => true),
    ),
    vectors: 2 * traits.norms * hidden + biases(traits, sizes, feedForward),
  });
  return {
    ...common,
    layers: eachLayer(layers, () => layer),
    otherParameters: 2 * hidden + traits.positions(config) * hidden + projections(config, hidden),
    rotaryTable: traits.rotary ? common.rotaryTable : 0,
  };
}

function biases(traits: ClassicTraits, sizes: Sizes, feedForward: number): number {
  if (traits.biases === "none") return 0;
  const { hidden, heads, kvHeads, headDim } = sizes;
  const ofFeedForward = feedForward + hidden;
  const ofAttention = traits.biases === "all" ? (heads + 2 * kvHeads) * headDim + hidden : 0;
  return ofAttention + ofFeedForward;
}

/** OPT-350m embeds in fewer elements than its layers have. */
function projections(config: HuggingFaceConfig, hidden: number): number {
  const embedded = config.word_embed_proj_dim ?? hidden;
  return embedded === hidden ? 0 : 2 * embedded * hidden;
}

const opt: Family = (config) => {
  const common = decoder(
    {
      feedForward: () => needed(config, "ffn_dim"),
      norms: 2,
      biases: "all",
      tied: true,
      // OPT's table of positions begins two rows late.
      positions: () => needed(config, "max_position_embeddings") + 2,
      rotary: false,
    },
    config,
  );
  const embedded = config.word_embed_proj_dim ?? common.hidden;
  return { ...common, tokenTable: common.vocabulary * embedded };
};

const falconDecoder = family({
  kvHeads: falconKvHeads,
  feedForward: fourfold,
  norms: 2,
  biases: "none",
  tied: true,
  positions: noPositions,
  rotary: true,
});

/** The first files are older than the key of the context, whose default has stayed theirs. */
const falcon: Family = (config) => falconDecoder({ max_position_embeddings: 2048, ...config });

const learned = (config: HuggingFaceConfig) =>
  needed(config, "n_positions", "max_position_embeddings");

/** Decoders with a plain feed-forward layer of two matrices. */
export const classicFamilies: Readonly<Record<string, Family>> = {
  opt,
  gpt2: family({
    feedForward: fourfold,
    norms: 2,
    biases: "all",
    tied: true,
    positions: learned,
    rotary: false,
  }),
  gpt_bigcode: family({
    kvHeads: ({ multi_query }, heads) => (multi_query === false ? heads : 1),
    feedForward: fourfold,
    norms: 2,
    biases: "all",
    tied: true,
    positions: learned,
    rotary: false,
  }),
  gptj: family({
    feedForward: fourfold,
    norms: 1,
    biases: "feed-forward",
    tied: false,
    positions: noPositions,
    rotary: true,
  }),
  gpt_neox: family({
    feedForward: fourfold,
    norms: 2,
    biases: "all",
    tied: false,
    positions: noPositions,
    rotary: true,
  }),
  phi: family({
    feedForward: fourfold,
    norms: 1,
    biases: "all",
    tied: false,
    positions: noPositions,
    rotary: true,
  }),
  starcoder2: family({
    feedForward: fourfold,
    norms: 2,
    biases: "all",
    tied: true,
    positions: noPositions,
    rotary: true,
  }),
  bloom: family({
    feedForward: fourfold,
    norms: 2,
    biases: "all",
    tied: true,
    positions: noPositions,
    rotary: false,
  }),
  falcon,
  mpt: family({
    kvHeads: ({ attn_config }, heads) => attn_config?.kv_n_heads ?? heads,
    feedForward: ({ expansion_ratio }, hidden) => (expansion_ratio ?? 4) * hidden,
    norms: 1,
    biases: "none",
    tied: true,
    positions: noPositions,
    rotary: false,
  }),
};

/** Falcon-7B keeps one head, the newer architecture as many as it says. */
function falconKvHeads(config: HuggingFaceConfig, heads: number): number {
  if (config.new_decoder_architecture === true) return config.num_kv_heads ?? heads;
  return config.multi_query === false ? heads : 1;
}
