import { expect, test } from "vitest";
import { architectureOf } from "../../src/config/hugging-face/index.ts";
import { huggingFaceSchema } from "../../src/config/hugging-face/keys.ts";
import { parameterCount } from "../../src/config/hugging-face/parameters.ts";

function read(config: unknown) {
  return architectureOf(huggingFaceSchema.parse(config), "own", "config.json");
}

/** To a thousandth. */
function expectParameters(config: unknown, published: number) {
  expect(Math.abs(parameterCount(read(config)) / published - 1)).toBeLessThan(0.001);
}

const SIGLIP = {
  model_type: "siglip_vision_model",
  hidden_size: 1152,
  intermediate_size: 4304,
  num_hidden_layers: 27,
  image_size: 896,
  patch_size: 14,
};

/** As google/gemma-3-*-it are published: what is the default of the class is left out. */
function gemma3(text_config: object) {
  const usual = { model_type: "gemma3_text", sliding_window: 1024 };
  return {
    model_type: "gemma3",
    text_config: { ...usual, rope_scaling: { factor: 8, rope_type: "linear" }, ...text_config },
    vision_config: SIGLIP,
  };
}

test("Gemma 3 leaves out heads, vocabulary, context and that its embeddings are tied", () => {
  const small = gemma3({ hidden_size: 2560, intermediate_size: 10_240, num_hidden_layers: 34 });
  expectParameters(small, 4_300_079_472);
  expect(read(small)).toMatchObject({ heads: 8, headDim: 256, maxModelLen: 131_072 });
  const medium = gemma3({
    hidden_size: 3840,
    intermediate_size: 15_360,
    num_attention_heads: 16,
    num_hidden_layers: 48,
    num_key_value_heads: 8,
  });
  expectParameters(medium, 12_187_325_040);
  expect(read(medium).headDim).toBe(256);
  const large = gemma3({
    head_dim: 128,
    hidden_size: 5376,
    intermediate_size: 21_504,
    num_attention_heads: 32,
    num_hidden_layers: 62,
    num_key_value_heads: 16,
  });
  expectParameters(large, 27_432_406_640);
});

const CLIP = {
  model_type: "clip_vision_model",
  hidden_size: 1024,
  image_size: 336,
  intermediate_size: 4096,
  num_hidden_layers: 24,
  patch_size: 14,
};

test("LLaVA names little more than its vocabulary", () => {
  const vicuna = { model_type: "llama", max_position_embeddings: 4096, vocab_size: 32_064 };
  const first = { model_type: "llava", text_config: vicuna, vision_config: CLIP };
  expectParameters(first, 7_063_427_072);
  const mistral = {
    model_type: "mistral",
    intermediate_size: 14_336,
    max_position_embeddings: 32_768,
    num_key_value_heads: 8,
    sliding_window: null,
    vocab_size: 32_064,
  };
  const next = { model_type: "llava_next", text_config: mistral, vision_config: CLIP };
  expectParameters(next, 7_566_747_648);
  // The class slides over 4,096 tokens; the file says that this model does not.
  expect(read(next).layers[0]!.cache).toEqual({ kind: "full", kvHeads: 8, headDim: 128 });
});

test("Pixtral leaves out its query heads, and nearly all of its encoder", () => {
  const pixtral = {
    model_type: "llava",
    text_config: {
      model_type: "mistral",
      head_dim: 128,
      hidden_size: 5120,
      max_position_embeddings: 1_024_000,
      num_hidden_layers: 40,
      sliding_window: null,
      vocab_size: 131_072,
    },
    vision_config: { model_type: "pixtral", hidden_act: "silu" },
  };
  // 12.25 B of Mistral Nemo, 24 layers of 4 · 1024² + 3 · 1024 · 4096, and 1024 → 5120 → 5120.
  expectParameters(pixtral, 12_247_782_400 + 24 * 16_777_216 + 31_457_280);
  expect(read(pixtral)).toMatchObject({ heads: 32, maxModelLen: 1_024_000 });
});

const QWEN2_7B = {
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_hidden_layers: 28,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  vocab_size: 152_064,
  max_position_embeddings: 32_768,
  tie_word_embeddings: false,
};

test("Qwen2-VL's encoder is embed_dim wide, its hidden_size that of the text", () => {
  const vision = { depth: 32, embed_dim: 1280, mlp_ratio: 4, patch_size: 14 };
  const of = (text: object, hidden_size: number) => ({
    ...text,
    model_type: "qwen2_vl",
    vision_config: { ...vision, hidden_size, spatial_merge_size: 2 },
  });
  expectParameters(of(QWEN2_7B, 3584), 8_291_375_616);
  const small = {
    hidden_size: 1536,
    intermediate_size: 8960,
    num_hidden_layers: 28,
    num_attention_heads: 12,
    num_key_value_heads: 2,
    vocab_size: 151_936,
    max_position_embeddings: 32_768,
    tie_word_embeddings: true,
  };
  expectParameters(of(small, 1536), 2_208_985_600);
});

test("tied embeddings may be stated outside of the text", () => {
  const text_config = {
    model_type: "qwen2_5_vl_text",
    hidden_size: 2048,
    intermediate_size: 11_008,
    num_hidden_layers: 36,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    vocab_size: 151_936,
  };
  const vision_config = { model_type: "qwen2_5_vl", hidden_size: 1280, out_hidden_size: 2048 };
  const nested = {
    model_type: "qwen2_5_vl",
    tie_word_embeddings: true,
    text_config,
    vision_config,
  };
  expectParameters(nested, 3_754_622_976);
});

test("InternVL3-8B is published with its text as llm_config, and with both sides of an image", () => {
  const text = { ...QWEN2_7B, model_type: "qwen2", vocab_size: 151_674 };
  const sizes = { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24 };
  expectParameters(
    {
      model_type: "internvl_chat",
      downsample_ratio: 0.5,
      llm_config: text,
      vision_config: { ...sizes, model_type: "intern_vit_6b", image_size: 448, patch_size: 14 },
    },
    7_944_373_760,
  );
  expectParameters(
    {
      model_type: "internvl",
      text_config: text,
      vision_config: { model_type: "internvl_vision", image_size: [448, 448] },
    },
    7_944_373_760,
  );
});

test("neither an unknown text nor an unknown wrapper is taken for a known one", () => {
  const wrapped = (model_type: string, inner: string) => () =>
    read({ model_type, text_config: { ...QWEN2_7B, model_type: inner } });
  expect(wrapped("mistral3", "mistral4")).toThrow(/^text_config\.model_type: "mistral4" is not/);
  expect(wrapped("gemma3", "gemma3n_text")).toThrow(/^text_config\.model_type: "gemma3n_text" sh/);
  expect(wrapped("qwen2_audio", "qwen2")).toThrow(/^model_type: "qwen2_audio" has an encoder for/);
  expect(wrapped("foo_bar", "llama")).toThrow(/^model_type: "foo_bar" is not known$/);
});

test("the way from the encoder into the text is each maker's own", () => {
  const so400m = { hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27 };
  const smol = {
    model_type: "idefics3",
    scale_factor: 3,
    text_config: {
      hidden_size: 2048,
      intermediate_size: 8192,
      model_type: "llama",
      num_hidden_layers: 24,
      vocab_size: 49_280,
    },
    vision_config: { ...so400m, model_type: "idefics3_vision", image_size: 384, patch_size: 14 },
  };
  expectParameters(smol, 2_246_272_880);
  const aya = {
    model_type: "aya_vision",
    alignment_intermediate_size: 28_672,
    downsample_factor: 2,
    text_config: {
      model_type: "cohere2",
      hidden_size: 4096,
      intermediate_size: 14_336,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      num_key_value_heads: 8,
    },
    vision_config: {
      ...so400m,
      model_type: "siglip_vision_model",
      image_size: 364,
      patch_size: 14,
    },
  };
  // Command R7B, the encoder, and 4 · 1152 → 28,672, of which half goes on to 4096.
  expectParameters(aya, 8_027_574_272 + 412_442_352 + 4608 * 28_672 + 14_336 * 4096);
  const kimi = {
    model_type: "kimi_vl",
    text_config: {
      model_type: "deepseek_v3",
      first_k_dense_replace: 1,
      hidden_size: 2048,
      intermediate_size: 11_264,
      kv_lora_rank: 512,
      max_position_embeddings: 131_072,
      moe_intermediate_size: 1408,
      n_routed_experts: 64,
      n_shared_experts: 2,
      num_attention_heads: 16,
      num_experts_per_tok: 6,
      num_hidden_layers: 27,
      q_lora_rank: null,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
      vocab_size: 163_840,
    },
    vision_config: { ...so400m, merge_kernel_size: [2, 2], model_type: "moonvit", patch_size: 14 },
  };
  expectParameters(kimi, 16_407_657_776);
});
