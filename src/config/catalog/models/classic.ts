import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";
import { HALF, model, published } from "./catalogue-model.ts";

/** hidden, layers and heads of an OPT model: its feed-forward layers are four times as wide as it is. */
function opt(hidden: number, layers: number, heads: number): HuggingFaceConfig {
  return {
    ...HALF,
    model_type: "opt",
    hidden_size: hidden,
    ffn_dim: 4 * hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    vocab_size: 50_272,
    max_position_embeddings: 2048,
    word_embed_proj_dim: hidden,
  };
}

function gpt2(hidden: number, layers: number, heads: number): HuggingFaceConfig {
  return {
    model_type: "gpt2",
    n_embd: hidden,
    n_layer: layers,
    n_head: heads,
    n_positions: 1024,
    vocab_size: 50_257,
  };
}

/** Decoders before LLaMA: plain feed-forward layers. */
export const classicModels = [
  model("gpt2", published("openai-community/gpt2"), gpt2(768, 12, 12)),
  model("gpt2-medium", published("openai-community/gpt2-medium"), gpt2(1024, 24, 16)),
  model("gpt2-xl", published("openai-community/gpt2-xl"), gpt2(1600, 48, 25)),
  model("opt-125m", published("facebook/opt-125m"), opt(768, 12, 12)),
  model("opt-1.3b", published("facebook/opt-1.3b"), opt(2048, 24, 32)),
  model("opt-2.7b", published("facebook/opt-2.7b"), opt(2560, 32, 32)),
  model("opt-6.7b", published("facebook/opt-6.7b"), opt(4096, 32, 32)),
  model(
    "opt-13b",
    `${published("facebook/opt-13b")}; 819,200 B per token: Kwon et al., SOSP'23, §3`,
    opt(5120, 40, 40),
  ),
  model("opt-30b", published("facebook/opt-30b"), opt(7168, 48, 56)),
  model("opt-66b", published("facebook/opt-66b"), opt(9216, 64, 72)),
  model("opt-175b", "Zhang et al., arXiv 2205.01068, Table 1", opt(12_288, 96, 96), ["gpt3-175b"]),
  model("gpt-neox-20b", published("EleutherAI/gpt-neox-20b"), {
    ...HALF,
    model_type: "gpt_neox",
    hidden_size: 6144,
    intermediate_size: 24_576,
    num_hidden_layers: 44,
    num_attention_heads: 64,
    vocab_size: 50_432,
    max_position_embeddings: 2048,
    partial_rotary_factor: 0.25,
  }),
  model("falcon-7b", published("tiiuae/falcon-7b"), {
    torch_dtype: "bfloat16",
    model_type: "falcon",
    hidden_size: 4544,
    num_hidden_layers: 32,
    num_attention_heads: 71,
    multi_query: true,
    vocab_size: 65_024,
    max_position_embeddings: 2048,
  }),
  model("falcon-40b", published("tiiuae/falcon-40b"), {
    torch_dtype: "bfloat16",
    model_type: "falcon",
    hidden_size: 8192,
    num_hidden_layers: 60,
    num_attention_heads: 128,
    num_kv_heads: 8,
    new_decoder_architecture: true,
    vocab_size: 65_024,
    max_position_embeddings: 2048,
  }),
  model("mpt-7b", published("mosaicml/mpt-7b"), {
    torch_dtype: "bfloat16",
    model_type: "mpt",
    d_model: 4096,
    n_layers: 32,
    n_heads: 32,
    vocab_size: 50_432,
    max_seq_len: 2048,
  }),
  model("bloom-176b", published("bigscience/bloom"), {
    torch_dtype: "bfloat16",
    model_type: "bloom",
    n_embd: 14_336,
    n_layer: 70,
    n_head: 112,
    vocab_size: 250_880,
    seq_length: 2048,
  }),
  model("starcoder-15b", published("bigcode/starcoder"), {
    model_type: "gpt_bigcode",
    n_embd: 6144,
    n_layer: 40,
    n_head: 48,
    n_inner: 24_576,
    n_positions: 8192,
    multi_query: true,
    vocab_size: 49_152,
  }),
  model(
    "starcoder2-15b",
    `${published("bigcode/starcoder2-15b")}; its window is not used by vLLM`,
    {
      torch_dtype: "bfloat16",
      model_type: "starcoder2",
      hidden_size: 6144,
      intermediate_size: 24_576,
      num_hidden_layers: 40,
      num_attention_heads: 48,
      num_key_value_heads: 4,
      vocab_size: 49_152,
      max_position_embeddings: 16_384,
      tie_word_embeddings: false,
    },
  ),
  model("phi-2", published("microsoft/phi-2"), {
    ...HALF,
    model_type: "phi",
    hidden_size: 2560,
    intermediate_size: 10_240,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    vocab_size: 51_200,
    max_position_embeddings: 2048,
    partial_rotary_factor: 0.4,
  }),
];
