import type { Layer } from "../catalog/architecture.ts";
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
import { feedForwardWidth, routedExperts } from "./experts.ts";
import type { HuggingFaceConfig } from "./keys.ts";
import { usualLayer } from "./layer.ts";

/** What tells the gated decoders (LLaMA and its relatives) apart. */
interface GatedTraits {
  /** Biases on the query, key and value projections. */
  readonly qkvBias: boolean;
  /** Norms of hidden size in a layer. */
  readonly norms: number;
  /** Elements of the norms on queries and keys. */
  readonly headNorms: (sizes: Sizes) => number;
  readonly matrices: 2 | 3;
  readonly tiedByDefault: boolean;
  /** Which layers slide, where config.json has no list of layer types. */
  readonly slides: (config: HuggingFaceConfig, layer: number) => boolean;
}

const LLAMA: GatedTraits = {
  qkvBias: false,
  norms: 2,
  headNorms: () => 0,
  matrices: 3,
  tiedByDefault: false,
  slides: () => true,
};

const perHead = ({ headDim }: Sizes) => 2 * headDim;
const overHeads = ({ heads, kvHeads, headDim }: Sizes) => (heads + kvHeads) * headDim;

function decoder(traits: GatedTraits, config: HuggingFaceConfig): FamilyArchitecture {
  const sizes = readSizes(config);
  const { layers } = sizes;
  return {
    ...outside(config, sizes, traits.tiedByDefault),
    layers: eachLayer(layers, (layer) => decoderLayer(traits, config, sizes, layer)),
  };
}

function decoderLayer(
  traits: GatedTraits,
  config: HuggingFaceConfig,
  sizes: Sizes,
  layer: number,
): Layer {
  const { hidden, heads, kvHeads, headDim } = sizes;
  const experts = routedExperts(config, layer);
  const biases = (config.attention_bias ?? traits.qkvBias) ? (heads + 2 * kvHeads) * headDim : 0;
  const window = windowOf(config, layer, (index) => traits.slides(config, index));
  return usualLayer({
    ...sizes,
    feedForward: feedForwardWidth(config, layer, experts),
    matrices: traits.matrices,
    experts,
    cache: cacheOf(sizes, window),
    vectors: traits.norms * hidden + biases + traits.headNorms(sizes),
  });
}

function family(traits: Partial<GatedTraits>): Family {
  const complete = { ...LLAMA, ...traits };
  return (config) => decoder(complete, config);
}

/** Every `sliding_window_pattern`-th layer is full, the ones between slide; or the pattern is spelt out, as in LLLG (local, global). */
function slidesByPattern(config: HuggingFaceConfig, layer: number, period: number): boolean {
  const pattern = config.sliding_window_pattern ?? period;
  if (typeof pattern === "string") return pattern[layer % pattern.length] === "L";
  return (layer + 1) % pattern !== 0;
}

const llama = family({});
const qwen2 = family({ qkvBias: true, slides: pastWindowLayers });

/** LLaMA and the decoders of its shape: gated feed-forward layers, RMS norms, rotary positions. */
export const gatedFamilies: Readonly<Record<string, Family>> = {
  llama,
  mistral: llama,
  ministral: llama,
  mixtral: llama,
  yi: llama,
  granite: llama,
  exaone: llama,
  internlm2: llama,
  internlm3: llama,
  baichuan: llama,
  phi3: llama,
  phi4: llama,
  phimoe: llama,
  aquila: llama,
  mllama_text_model: llama,
  ministral3: llama,
  granitemoe: llama,
  stablelm: llama,
  smollm3: family({ tiedByDefault: true }),
  olmo: family({ norms: 0 }),
  olmo2: family({ headNorms: overHeads }),
  olmo3: family({
    headNorms: overHeads,
    slides: (config, layer) => slidesByPattern(config, layer, 4),
  }),
  olmoe: family({ headNorms: overHeads }),
  nemotron: family({ matrices: 2 }),
  qwen2,
  qwen2_vl_text: qwen2,
  qwen2_5_vl_text: qwen2,
  qwen2_moe: qwen2,
  qwen3: family({ headNorms: perHead, slides: pastWindowLayers }),
  qwen3_moe: family({ headNorms: perHead, slides: pastWindowLayers }),
  qwen3_vl_text: family({ headNorms: perHead }),
  qwen3_vl_moe_text: family({ headNorms: perHead }),
  seed_oss: family({ qkvBias: true }),
  ernie4_5: family({ tiedByDefault: true }),
  ernie4_5_moe: family({ tiedByDefault: true }),
  hunyuan_v1_dense: family({ headNorms: perHead }),
  hunyuan_v1_moe: family({ headNorms: perHead }),
  minimax_m2: family({ headNorms: overHeads }),
  dots1: family({ headNorms: perHead, slides: () => false }),
  glm4_moe: family({ headNorms: perHead }),
  glm: family({ qkvBias: true }),
  glm4: family({ qkvBias: true, norms: 4 }),
  cohere: family({ norms: 1, tiedByDefault: true }),
  cohere2: family({
    norms: 1,
    tiedByDefault: true,
    slides: (config, layer) => slidesByPattern(config, layer, 4),
  }),
  gemma: family({ tiedByDefault: true }),
  gemma2: family({ norms: 4, tiedByDefault: true, slides: (_, layer) => layer % 2 === 0 }),
  gemma3_text: family({
    norms: 4,
    headNorms: perHead,
    tiedByDefault: true,
    slides: (config, layer) => slidesByPattern(config, layer, 6),
  }),
  exaone4: family({
    headNorms: perHead,
    slides: (config, layer) => slidesByPattern(config, layer, 4),
  }),
};

/** Qwen slides, if at all, from `max_window_layers` on. */
function pastWindowLayers(config: HuggingFaceConfig, layer: number): boolean {
  return config.use_sliding_window === true && layer >= (config.max_window_layers ?? 0);
}
