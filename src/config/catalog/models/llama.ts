import { gated, HALF, model, published, TIED } from "./catalogue-model.ts";

const LLAMA_1 = "Touvron et al., arXiv 2302.13971, Table 2; widths as in huggyllama's config.json";

const LLAMA_3_1 = {
  rope_scaling: { rope_type: "llama3", factor: 8, original_max_position_embeddings: 8192 },
};

const VICUNA_16K = { rope_scaling: { type: "linear", factor: 4 } };

/** meta-llama/Llama-3.2-11B-Vision: 32 layers of text and 8 that look at the image, and an encoder of 32 + 8 layers. */
const LLAMA_3_2_VISION = {
  model_type: "mllama",
  torch_dtype: "bfloat16",
  text_config: gated("llama", [4096, 14_336, 40, 32, 8, 128_256, 131_072], {
    cross_attention_layers: [3, 8, 13, 18, 23, 28, 33, 38],
    ...LLAMA_3_1,
  }),
  vision_config: {
    hidden_size: 1280,
    intermediate_size: 5120,
    num_hidden_layers: 32,
    num_global_layers: 8,
    image_size: 560,
    patch_size: 14,
    max_num_tiles: 4,
    vision_output_dim: 7680,
    supported_aspect_ratios: [1, 2, 3, 4, 5, 6, 7, 8],
  },
};

/** LLaMA and what is of its shape. */
export const llamaModels = [
  model("llama-7b", LLAMA_1, gated("llama", [4096, 11_008, 32, 32, 32, 32_000, 2048], HALF), [
    "vicuna-7b-v1.3",
    "vicuna-7b-v1.1",
    "alpaca-7b",
  ]),
  model("llama-13b", LLAMA_1, gated("llama", [5120, 13_824, 40, 40, 40, 32_000, 2048], HALF), [
    "vicuna-13b-v1.3",
    "vicuna-13b-v1.1",
  ]),
  model("llama-30b", LLAMA_1, gated("llama", [6656, 17_920, 60, 52, 52, 32_000, 2048], HALF), [
    "llama-33b",
    "vicuna-33b",
  ]),
  model("llama-65b", LLAMA_1, gated("llama", [8192, 22_016, 80, 64, 64, 32_000, 2048], HALF)),
  model(
    "llama-2-7b",
    published("meta-llama/Llama-2-7b-hf"),
    gated("llama", [4096, 11_008, 32, 32, 32, 32_000, 4096], HALF),
    ["llama2-7b", "vicuna-7b"],
  ),
  model(
    "llama-2-13b",
    published("meta-llama/Llama-2-13b-hf"),
    gated("llama", [5120, 13_824, 40, 40, 40, 32_000, 4096], HALF),
    ["llama2-13b", "vicuna-13b"],
  ),
  model(
    "llama-2-70b",
    published("meta-llama/Llama-2-70b-hf"),
    gated("llama", [8192, 28_672, 80, 64, 8, 32_000, 4096], HALF),
    ["llama2-70b"],
  ),
  model(
    "codellama-7b",
    published("codellama/CodeLlama-7b-hf"),
    gated("llama", [4096, 11_008, 32, 32, 32, 32_016, 16_384]),
    ["code-llama-7b"],
  ),
  model(
    "codellama-13b",
    published("codellama/CodeLlama-13b-hf"),
    gated("llama", [5120, 13_824, 40, 40, 40, 32_016, 16_384]),
    ["code-llama-13b"],
  ),
  model(
    "codellama-34b",
    published("codellama/CodeLlama-34b-hf"),
    gated("llama", [8192, 22_016, 48, 64, 8, 32_000, 16_384]),
    ["code-llama-34b"],
  ),
  model(
    "llama-3-8b",
    published("meta-llama/Meta-Llama-3-8B"),
    gated("llama", [4096, 14_336, 32, 32, 8, 128_256, 8192]),
    ["llama3-8b"],
  ),
  model(
    "llama-3-70b",
    published("meta-llama/Meta-Llama-3-70B"),
    gated("llama", [8192, 28_672, 80, 64, 8, 128_256, 8192]),
    ["llama3-70b"],
  ),
  model(
    "llama-3.1-8b",
    published("meta-llama/Llama-3.1-8B"),
    gated("llama", [4096, 14_336, 32, 32, 8, 128_256, 131_072], LLAMA_3_1),
    ["llama3.1-8b", "deepseek-r1-distill-llama-8b", "llama-guard-3-8b"],
  ),
  model(
    "llama-3.1-70b",
    published("meta-llama/Llama-3.1-70B"),
    gated("llama", [8192, 28_672, 80, 64, 8, 128_256, 131_072], LLAMA_3_1),
    ["llama3.1-70b", "llama-3.3-70b", "llama3.3-70b", "deepseek-r1-distill-llama-70b"],
  ),
  model(
    "llama-3.1-405b",
    published("meta-llama/Llama-3.1-405B"),
    gated("llama", [16_384, 53_248, 126, 128, 8, 128_256, 131_072], LLAMA_3_1),
    ["llama3.1-405b"],
  ),
  model(
    "llama-3.2-1b",
    published("meta-llama/Llama-3.2-1B"),
    gated("llama", [2048, 8192, 16, 32, 8, 128_256, 131_072], { ...LLAMA_3_1, ...TIED }),
    ["llama3.2-1b"],
  ),
  model(
    "llama-3.2-3b",
    published("meta-llama/Llama-3.2-3B"),
    gated("llama", [3072, 8192, 28, 24, 8, 128_256, 131_072], { ...LLAMA_3_1, ...TIED }),
    ["llama3.2-3b"],
  ),
  model("llama-3.2-11b-v", published("meta-llama/Llama-3.2-11B-Vision"), LLAMA_3_2_VISION, [
    "llama-3.2-11b-vision",
  ]),
  model(
    "yi-6b",
    published("01-ai/Yi-6B"),
    gated("llama", [4096, 11_008, 32, 32, 4, 64_000, 4096]),
    ["yi-1.5-6b"],
  ),
  model(
    "yi-34b",
    published("01-ai/Yi-34B"),
    gated("llama", [7168, 20_480, 60, 56, 8, 64_000, 4096]),
    ["yi-1.5-34b"],
  ),
  model(
    "solar-10.7b",
    published("upstage/SOLAR-10.7B-v1.0"),
    gated("llama", [4096, 14_336, 48, 32, 8, 32_000, 4096], HALF),
  ),
  model(
    "tinyllama-1.1b",
    published("TinyLlama/TinyLlama-1.1B-Chat-v1.0"),
    gated("llama", [2048, 5632, 22, 32, 4, 32_000, 2048]),
  ),
  model(
    "deepseek-coder-33b",
    published("deepseek-ai/deepseek-coder-33b-base"),
    gated("llama", [7168, 19_200, 62, 56, 8, 32_256, 16_384]),
  ),
  model(
    "codellama-70b",
    published("codellama/CodeLlama-70b-hf"),
    gated("llama", [8192, 28_672, 80, 64, 8, 32_016, 4096]),
    ["code-llama-70b"],
  ),
  model(
    "yi-9b",
    published("01-ai/Yi-9B"),
    gated("llama", [4096, 11_008, 48, 32, 4, 64_000, 4096]),
    ["yi-1.5-9b"],
  ),
  model(
    "smollm2-1.7b",
    published("HuggingFaceTB/SmolLM2-1.7B"),
    gated("llama", [2048, 8192, 24, 32, 32, 49_152, 8192], { ...TIED }),
  ),
  model(
    "smollm2-360m",
    published("HuggingFaceTB/SmolLM2-360M"),
    gated("llama", [960, 2560, 32, 15, 5, 49_152, 8192], { ...TIED }),
  ),
  model(
    "smollm2-135m",
    published("HuggingFaceTB/SmolLM2-135M"),
    gated("llama", [576, 1536, 30, 9, 3, 49_152, 8192], { ...TIED }),
  ),
  model(
    "llama-3.2-90b-v",
    published("meta-llama/Llama-3.2-90B-Vision"),
    {
      ...LLAMA_3_2_VISION,
      text_config: gated("llama", [8192, 28_672, 100, 64, 8, 128_256, 131_072], {
        cross_attention_layers: Array.from({ length: 20 }, (_, index) => 5 * index + 3),
        ...LLAMA_3_1,
      }),
    },
    ["llama-3.2-90b-vision"],
  ),
  model("llava-1.5-7b", published("llava-hf/llava-1.5-7b-hf"), {
    model_type: "llava",
    torch_dtype: "float16",
    text_config: gated("llama", [4096, 11_008, 32, 32, 32, 32_064, 4096]),
    vision_config: {
      hidden_size: 1024,
      intermediate_size: 4096,
      num_hidden_layers: 24,
      image_size: 336,
      patch_size: 14,
    },
  }),
  model(
    "yi-6b-200k",
    published("01-ai/Yi-6B-200K"),
    gated("llama", [4096, 11_008, 32, 32, 4, 64_000, 200_000]),
  ),
  model(
    "yi-9b-200k",
    published("01-ai/Yi-9B-200K"),
    gated("llama", [4096, 11_008, 48, 32, 4, 64_000, 262_144]),
  ),
  model(
    "yi-34b-200k",
    published("01-ai/Yi-34B-200K"),
    gated("llama", [7168, 20_480, 60, 56, 8, 64_000, 200_000]),
  ),
  model(
    "vicuna-7b-16k",
    published("lmsys/vicuna-7b-v1.5-16k"),
    gated("llama", [4096, 11_008, 32, 32, 32, 32_000, 4096], { ...HALF, ...VICUNA_16K }),
  ),
  model(
    "vicuna-13b-16k",
    published("lmsys/vicuna-13b-v1.5-16k"),
    gated("llama", [5120, 13_824, 40, 40, 40, 32_000, 4096], { ...HALF, ...VICUNA_16K }),
  ),
];
