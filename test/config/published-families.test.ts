import { expect, test } from "vitest";
import { architectureOf } from "../../src/config/hugging-face/index.ts";
import { type HuggingFaceConfig, huggingFaceSchema } from "../../src/config/hugging-face/keys.ts";
import { activeParameterCount, parameterCount } from "../../src/config/hugging-face/parameters.ts";
import { kvBytesPerToken } from "../../src/planner/stage.ts";
import { settingsOf } from "../planner/plan-of.ts";

/** hidden size, feed-forward width, layers, query heads, KV heads, vocabulary, longest context. */
type Sizes = readonly [number, number, number, number, number, number, number];

function sized([hidden, width, layers, heads, kvHeads, vocabulary, context]: Sizes) {
  return {
    hidden_size: hidden,
    intermediate_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: vocabulary,
    max_position_embeddings: context,
    head_dim: 128,
    torch_dtype: "bfloat16",
  };
}

/** Billions of parameters in all and at work, as published, and the KV bytes of a token, added up by hand. */
interface Published {
  readonly config: unknown;
  readonly parameters: number;
  readonly active: number;
  readonly kvBytes: number;
}

const yarn = { rope_type: "yarn", factor: 16, original_max_position_embeddings: 16_384 };
const QWEN3_VISION = {
  depth: 27,
  hidden_size: 1152,
  intermediate_size: 4304,
  patch_size: 16,
  spatial_merge_size: 2,
  model_type: "qwen3_vl",
};

const GLM = {
  model_type: "glm4_moe",
  attention_bias: true,
  n_shared_experts: 1,
  num_experts_per_tok: 8,
  partial_rotary_factor: 0.5,
  tie_word_embeddings: false,
};

const ERNIE = {
  model_type: "ernie4_5_moe",
  moe_num_experts: 64,
  moe_k: 6,
  moe_layer_interval: 1,
  tie_word_embeddings: true,
  use_bias: false,
};

const published: Readonly<Record<string, Published>> = {
  "GLM-4.5-Air": {
    config: {
      ...GLM,
      ...sized([4096, 10_944, 46, 96, 8, 151_552, 131_072]),
      n_routed_experts: 128,
      moe_intermediate_size: 1408,
      first_k_dense_replace: 1,
    },
    parameters: 106.85,
    // The 12 B that are published leave the token table out.
    active: 12 + 1.24,
    kvBytes: 46 * 2 * 8 * 128 * 2,
  },
  "GLM-4.6": {
    config: {
      ...GLM,
      ...sized([5120, 12_288, 92, 96, 8, 151_552, 202_752]),
      n_routed_experts: 160,
      moe_intermediate_size: 1536,
      first_k_dense_replace: 3,
    },
    parameters: 353,
    active: 32 + 1.55,
    kvBytes: 92 * 2 * 8 * 128 * 2,
  },
  "Qwen3-VL-8B": {
    config: {
      model_type: "qwen3_vl",
      tie_word_embeddings: false,
      text_config: {
        model_type: "qwen3_vl_text",
        ...sized([4096, 12_288, 36, 32, 8, 151_936, 262_144]),
      },
      vision_config: QWEN3_VISION,
    },
    parameters: 8.767,
    active: 8.767,
    kvBytes: 36 * 2 * 8 * 128 * 2,
  },
  "Qwen3-VL-30B-A3B": {
    config: {
      model_type: "qwen3_vl_moe",
      tie_word_embeddings: false,
      text_config: {
        model_type: "qwen3_vl_moe_text",
        ...sized([2048, 6144, 48, 32, 4, 151_936, 262_144]),
        num_experts: 128,
        num_experts_per_tok: 8,
        moe_intermediate_size: 768,
      },
      vision_config: { ...QWEN3_VISION, model_type: "qwen3_vl_moe" },
    },
    parameters: 31.07,
    // Qwen3-30B-A3B's 3.35 B and the encoder's.
    active: 3.35 + 0.54,
    kvBytes: 48 * 2 * 4 * 128 * 2,
  },
  "Ministral-3-8B": {
    config: {
      model_type: "mistral3",
      spatial_merge_size: 2,
      text_config: {
        model_type: "ministral3",
        ...sized([4096, 14_336, 34, 32, 8, 131_072, 262_144]),
        rope_parameters: yarn,
      },
      vision_config: { model_type: "pixtral", image_size: 1540, patch_size: 14 },
    },
    parameters: 8.92,
    active: 8.92,
    kvBytes: 34 * 2 * 8 * 128 * 2,
  },
  "Olmo-3-7B": {
    config: {
      ...sized([4096, 11_008, 32, 32, 32, 100_278, 65_536]),
      model_type: "olmo3",
      sliding_window: 4096,
    },
    parameters: 7.298,
    active: 7.298,
    kvBytes: 32 * 2 * 32 * 128 * 2,
  },
  "Seed-OSS-36B": {
    config: {
      ...sized([5120, 27_648, 64, 80, 8, 155_136, 524_288]),
      model_type: "seed_oss",
    },
    parameters: 36.151,
    active: 36.151,
    kvBytes: 64 * 2 * 8 * 128 * 2,
  },
  "ERNIE-4.5-0.3B": {
    config: {
      ...sized([1024, 3072, 18, 16, 2, 103_424, 131_072]),
      model_type: "ernie4_5",
    },
    parameters: 0.3607,
    active: 0.3607,
    kvBytes: 18 * 2 * 2 * 128 * 2,
  },
  "ERNIE-4.5-21B-A3B": {
    config: {
      ...ERNIE,
      ...sized([2560, 12_288, 28, 20, 4, 103_424, 131_072]),
      moe_intermediate_size: 1536,
      moe_layer_start_index: 1,
      moe_layer_end_index: 27,
      moe_num_shared_experts: 2,
    },
    parameters: 21.83,
    // "3 B": 27 · (6 + 2) experts of 11.8 M, and 0.8 B besides.
    active: 3.35,
    kvBytes: 28 * 2 * 4 * 128 * 2,
  },
  "ERNIE-4.5-300B-A47B": {
    config: {
      ...ERNIE,
      ...sized([8192, 28_672, 54, 64, 8, 103_424, 131_072]),
      moe_k: 8,
      moe_intermediate_size: 3584,
      moe_layer_start_index: 3,
      moe_layer_end_index: 53,
      moe_num_shared_experts: 0,
      tie_word_embeddings: false,
    },
    parameters: 300,
    active: 47,
    kvBytes: 54 * 2 * 8 * 128 * 2,
  },
  "Hunyuan-7B": {
    config: {
      ...sized([4096, 14_336, 32, 32, 8, 128_167, 32_768]),
      model_type: "hunyuan_v1_dense",
      num_experts: 1,
      tie_word_embeddings: true,
    },
    parameters: 7.505,
    active: 7.505,
    kvBytes: 32 * 2 * 8 * 128 * 2,
  },
  "Hunyuan-A13B": {
    config: {
      ...sized([4096, 3072, 32, 32, 8, 128_167, 32_768]),
      model_type: "hunyuan_v1_moe",
      num_experts: 64,
      moe_topk: new Array(32).fill(8),
      moe_intermediate_size: new Array(32).fill(3072),
      num_shared_expert: new Array(32).fill(1),
      tie_word_embeddings: true,
    },
    parameters: 80.39,
    active: 13,
    kvBytes: 32 * 2 * 8 * 128 * 2,
  },
  "granite-3.1-3b-a800m": {
    config: {
      ...sized([1536, 512, 32, 24, 8, 49_155, 131_072]),
      head_dim: 64,
      model_type: "granitemoe",
      num_local_experts: 40,
      num_experts_per_tok: 8,
      tie_word_embeddings: true,
    },
    parameters: 3.3,
    // "800 M" leaves the token table out.
    active: 0.8 + 0.0755,
    kvBytes: 32 * 2 * 8 * 64 * 2,
  },
  "MiniMax-M2": {
    config: {
      ...sized([3072, 1536, 62, 48, 8, 200_064, 196_608]),
      model_type: "minimax_m2",
      num_local_experts: 256,
      num_experts_per_tok: 8,
      tie_word_embeddings: false,
    },
    parameters: 228.7,
    // "10 B" leaves both tables out.
    active: 10 + 2 * 0.615,
    kvBytes: 62 * 2 * 8 * 128 * 2,
  },
  "dots.llm1": {
    config: {
      ...sized([4096, 10_944, 62, 32, 32, 152_064, 32_768]),
      model_type: "dots1",
      n_routed_experts: 128,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1408,
      first_k_dense_replace: 1,
      tie_word_embeddings: false,
    },
    parameters: 142.8,
    active: 14,
    kvBytes: 62 * 2 * 32 * 128 * 2,
  },
};

function read(config: unknown) {
  const parsed: HuggingFaceConfig = huggingFaceSchema.parse(config);
  return architectureOf(parsed, "own", "config.json");
}

test.each(Object.entries(published))("%s is as large as published", (_, figures) => {
  const model = read(figures.config);
  expect(Math.abs(parameterCount(model) / 1e9 / figures.parameters - 1)).toBeLessThan(0.01);
  expect(Math.abs(activeParameterCount(model) / 1e9 / figures.active - 1)).toBeLessThan(0.025);
  expect(kvBytesPerToken(settingsOf(model, "h200"))).toBe(figures.kvBytes);
});

test("Olmo 3 slides in three of four layers, dots1 in none", () => {
  const kinds = (config: unknown) => read(config).layers.map(({ cache }) => cache.kind[0]!);
  expect(kinds(published["Olmo-3-7B"]!.config).join("")).toBe("sssf".repeat(8));
  const dots = published["dots.llm1"]!.config as object;
  expect(new Set(kinds({ ...dots, sliding_window: 4096 }))).toEqual(new Set(["f"]));
});

test("Ministral 3 states its stretched context", () => {
  expect(read(published["Ministral-3-8B"]!.config).maxModelLen).toBe(262_144);
});

test("experts begin, end and skip as stated", () => {
  const base = { ...ERNIE, ...sized([128, 128, 8, 1, 1, 100, 100]) };
  const layers = (more: object) =>
    read({ ...base, ...more })
      .layers.map(({ weights }) => (weights.experts === 0 ? "d" : "e"))
      .join("");
  expect(layers({})).toBe("eeeeeeee");
  expect(layers({ moe_layer_start_index: 2, moe_layer_end_index: 5 })).toBe("ddeeeedd");
  expect(layers({ moe_layer_end_index: -1, moe_layer_interval: 2 })).toBe("dededede");
  expect(layers({ first_k_dense_replace: 3 })).toBe("dddeeeee");
  expect(layers({ mlp_only_layers: [7] })).toBe("eeeeeeed");
});

test("what a plan does not know is refused with the reason", () => {
  const refusal = (model_type: string) => () => read({ model_type });
  expect(refusal("qwen3_next")).toThrow(/^model_type: "qwen3_next" has layers of Mamba or linear/);
  expect(refusal("nemotron-nas")).toThrow(/^model_type: "nemotron-nas" has layers of different/);
  expect(refusal("llama4")).toThrow(/^model_type: "llama4" attends within chunks in most layers/);
});
