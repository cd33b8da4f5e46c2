import { gated, model, published, TIED } from "./catalogue-model.ts";

/** What Qwen3 says of its heads. */
export const HEAD_128 = { head_dim: 128 };

/** The experts of Qwen3's mixtures of 128. */
export function experts(width: number) {
  return {
    ...HEAD_128,
    num_experts: 128,
    num_experts_per_tok: 8,
    moe_intermediate_size: width,
  };
}

/** Qwen to Qwen 3, text alone. */
export const qwenModels = [
  model(
    "qwen1.5-7b",
    published("Qwen/Qwen1.5-7B"),
    gated("qwen2", [4096, 11_008, 32, 32, 32, 151_936, 32_768]),
  ),
  model(
    "qwen1.5-14b",
    published("Qwen/Qwen1.5-14B"),
    gated("qwen2", [5120, 13_696, 40, 40, 40, 152_064, 32_768]),
  ),
  model(
    "qwen1.5-32b",
    published("Qwen/Qwen1.5-32B"),
    gated("qwen2", [5120, 27_392, 64, 40, 8, 152_064, 32_768]),
  ),
  model(
    "qwen1.5-72b",
    published("Qwen/Qwen1.5-72B"),
    gated("qwen2", [8192, 24_576, 80, 64, 64, 152_064, 32_768]),
  ),
  model(
    "qwen2.5-0.5b",
    published("Qwen/Qwen2.5-0.5B-Instruct"),
    gated("qwen2", [896, 4864, 24, 14, 2, 151_936, 32_768], TIED),
    ["qwen2-0.5b"],
  ),
  model(
    "qwen2.5-1.5b",
    published("Qwen/Qwen2.5-1.5B-Instruct"),
    gated("qwen2", [1536, 8960, 28, 12, 2, 151_936, 32_768], TIED),
    ["qwen2-1.5b"],
  ),
  model(
    "qwen2.5-3b",
    published("Qwen/Qwen2.5-3B-Instruct"),
    gated("qwen2", [2048, 11_008, 36, 16, 2, 151_936, 32_768], TIED),
  ),
  model(
    "qwen2.5-7b",
    published("Qwen/Qwen2.5-7B-Instruct"),
    gated("qwen2", [3584, 18_944, 28, 28, 4, 152_064, 32_768]),
    ["qwen2-7b"],
  ),
  model(
    "qwen2.5-14b",
    published("Qwen/Qwen2.5-14B-Instruct"),
    gated("qwen2", [5120, 13_824, 48, 40, 8, 152_064, 32_768]),
  ),
  model(
    "qwen2.5-32b",
    published("Qwen/Qwen2.5-32B-Instruct"),
    gated("qwen2", [5120, 27_648, 64, 40, 8, 152_064, 32_768]),
    ["qwq-32b-preview"],
  ),
  model(
    "qwen2.5-72b",
    published("Qwen/Qwen2.5-72B-Instruct"),
    gated("qwen2", [8192, 29_568, 80, 64, 8, 152_064, 32_768]),
    ["qwen2-72b"],
  ),
  model(
    "qwen3-0.6b",
    published("Qwen/Qwen3-0.6B"),
    gated("qwen3", [1024, 3072, 28, 16, 8, 151_936, 40_960], { ...HEAD_128, ...TIED }),
  ),
  model(
    "qwen3-1.7b",
    published("Qwen/Qwen3-1.7B"),
    gated("qwen3", [2048, 6144, 28, 16, 8, 151_936, 40_960], { ...HEAD_128, ...TIED }),
  ),
  model(
    "qwen3-4b",
    published("Qwen/Qwen3-4B"),
    gated("qwen3", [2560, 9728, 36, 32, 8, 151_936, 40_960], { ...HEAD_128, ...TIED }),
  ),
  model(
    "qwen3-8b",
    published("Qwen/Qwen3-8B"),
    gated("qwen3", [4096, 12_288, 36, 32, 8, 151_936, 40_960], HEAD_128),
  ),
  model(
    "qwen3-14b",
    published("Qwen/Qwen3-14B"),
    gated("qwen3", [5120, 17_408, 40, 40, 8, 151_936, 40_960], HEAD_128),
  ),
  model(
    "qwen3-32b",
    published("Qwen/Qwen3-32B"),
    gated("qwen3", [5120, 25_600, 64, 64, 8, 151_936, 40_960], HEAD_128),
  ),
  model(
    "qwen3-30b-a3b",
    published("Qwen/Qwen3-30B-A3B"),
    gated("qwen3_moe", [2048, 6144, 48, 32, 4, 151_936, 40_960], experts(768)),
  ),
  model(
    "qwen3-235b-a22b",
    published("Qwen/Qwen3-235B-A22B"),
    gated("qwen3_moe", [4096, 12_288, 94, 64, 4, 151_936, 40_960], experts(1536)),
  ),
  model(
    "qwen3-coder-480b",
    published("Qwen/Qwen3-Coder-480B-A35B-Instruct"),
    gated("qwen3_moe", [6144, 8192, 62, 96, 8, 151_936, 262_144], {
      ...HEAD_128,
      num_experts: 160,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2560,
    }),
  ),
  model(
    "qwen-7b",
    published("Qwen/Qwen-7B"),
    gated("qwen2", [4096, 11_008, 32, 32, 32, 151_936, 8192]),
  ),
  model(
    "qwen-14b",
    published("Qwen/Qwen-14B"),
    gated("qwen2", [5120, 13_696, 40, 40, 40, 152_064, 8192]),
  ),
  model(
    "qwen1.5-0.5b",
    published("Qwen/Qwen1.5-0.5B"),
    gated("qwen2", [1024, 2816, 24, 16, 16, 151_936, 32_768], { ...TIED }),
  ),
  model(
    "qwen1.5-1.8b",
    published("Qwen/Qwen1.5-1.8B"),
    gated("qwen2", [2048, 5504, 24, 16, 16, 151_936, 32_768]),
  ),
  model(
    "qwen1.5-4b",
    published("Qwen/Qwen1.5-4B"),
    gated("qwen2", [2560, 6912, 40, 20, 20, 151_936, 32_768]),
  ),
  model(
    "qwen1.5-110b",
    published("Qwen/Qwen1.5-110B"),
    gated("qwen2", [8192, 49_152, 80, 64, 8, 152_064, 32_768]),
  ),
  model(
    "qwen3-4b-2507",
    published("Qwen/Qwen3-4B-Instruct-2507"),
    gated("qwen3", [2560, 9728, 36, 32, 8, 151_936, 262_144], { ...HEAD_128, ...TIED }),
  ),
  model(
    "qwen3-30b-a3b-2507",
    published("Qwen/Qwen3-30B-A3B-Instruct-2507"),
    gated("qwen3_moe", [2048, 6144, 48, 32, 4, 151_936, 262_144], experts(768)),
    ["qwen3-coder-30b-a3b"],
  ),
  model(
    "qwen3-235b-2507",
    published("Qwen/Qwen3-235B-A22B-Instruct-2507"),
    gated("qwen3_moe", [4096, 12_288, 94, 64, 4, 151_936, 262_144], experts(1536)),
    ["qwen3-235b-a22b-2507"],
  ),
  model(
    "qwq-32b",
    `${published("Qwen/QwQ-32B")}; context: QwenLM/QwQ issue 26`,
    gated("qwen2", [5120, 27_648, 64, 40, 8, 152_064, 40_960]),
  ),
  model(
    "r1-qwen-1.5b",
    published("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"),
    gated("qwen2", [1536, 8960, 28, 12, 2, 151_936, 131_072]),
    ["deepseek-r1-distill-qwen-1.5b"],
  ),
  model(
    "r1-qwen-7b",
    published("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"),
    gated("qwen2", [3584, 18_944, 28, 28, 4, 152_064, 131_072]),
    ["deepseek-r1-distill-qwen-7b"],
  ),
  model(
    "r1-qwen-14b",
    published("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"),
    gated("qwen2", [5120, 13_824, 48, 40, 8, 152_064, 131_072]),
    ["deepseek-r1-distill-qwen-14b"],
  ),
  model(
    "r1-qwen-32b",
    published("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"),
    gated("qwen2", [5120, 27_648, 64, 40, 8, 152_064, 131_072]),
    ["deepseek-r1-distill-qwen-32b"],
  ),
  model(
    "r1-0528-qwen3-8b",
    published("deepseek-ai/DeepSeek-R1-0528-Qwen3-8B"),
    gated("qwen3", [4096, 12_288, 36, 32, 8, 151_936, 131_072], HEAD_128),
    ["deepseek-r1-0528-qwen3-8b"],
  ),
  model(
    "qwen2.5-7b-1m",
    published("Qwen/Qwen2.5-7B-Instruct-1M"),
    gated("qwen2", [3584, 18_944, 28, 28, 4, 152_064, 1_010_000]),
  ),
  model(
    "qwen2.5-14b-1m",
    published("Qwen/Qwen2.5-14B-Instruct-1M"),
    gated("qwen2", [5120, 13_824, 48, 40, 8, 152_064, 1_010_000]),
  ),
  model(
    "qwen2.5-math-1.5b",
    published("Qwen/Qwen2.5-Math-1.5B-Instruct"),
    gated("qwen2", [1536, 8960, 28, 12, 2, 151_936, 4096], TIED),
    ["qwen2-math-1.5b"],
  ),
  model(
    "qwen2.5-math-7b",
    published("Qwen/Qwen2.5-Math-7B-Instruct"),
    gated("qwen2", [3584, 18_944, 28, 28, 4, 152_064, 4096]),
    ["qwen2-math-7b"],
  ),
  model(
    "qwen2.5-math-72b",
    published("Qwen/Qwen2.5-Math-72B-Instruct"),
    gated("qwen2", [8192, 29_568, 80, 64, 8, 152_064, 4096]),
    ["qwen2-math-72b"],
  ),
];
