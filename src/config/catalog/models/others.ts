import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";
import { gated, model, published, TIED } from "./catalogue-model.ts";

const LATENT = {
  kv_lora_rank: 512,
  qk_nope_head_dim: 128,
  qk_rope_head_dim: 64,
  v_head_dim: 128,
};

const DEEPSEEK_V3: HuggingFaceConfig = gated(
  "deepseek_v3",
  [7168, 18_432, 61, 128, 128, 129_280, 163_840],
  {
    ...LATENT,
    q_lora_rank: 1536,
    n_routed_experts: 256,
    n_shared_experts: 1,
    num_experts_per_tok: 8,
    moe_intermediate_size: 2048,
    first_k_dense_replace: 3,
    quantization_config: { quant_method: "fp8" },
  },
);

function gptOss(layers: number, experts: number): HuggingFaceConfig {
  return gated("gpt_oss", [2880, 2880, layers, 64, 8, 201_088, 131_072], {
    head_dim: 64,
    num_local_experts: experts,
    num_experts_per_tok: 4,
    sliding_window: 128,
    quantization_config: { quant_method: "mxfp4" },
  });
}

/** The short Phi-3 models look back on 2,047 tokens. */
const PHI_3_WINDOW = { sliding_window: 2047 };

/** DeepSeek, gpt-oss, Phi and others of one or two models each. */
export const otherModels = [
  model(
    "deepseek-v2-lite",
    published("deepseek-ai/DeepSeek-V2-Lite"),
    gated("deepseek_v2", [2048, 10_944, 27, 16, 16, 102_400, 163_840], {
      ...LATENT,
      n_routed_experts: 64,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1408,
      first_k_dense_replace: 1,
    }),
    ["deepseek-coder-v2-lite"],
  ),
  model(
    "deepseek-v2",
    published("deepseek-ai/DeepSeek-V2"),
    gated("deepseek_v2", [5120, 12_288, 60, 128, 128, 102_400, 163_840], {
      ...LATENT,
      q_lora_rank: 1536,
      n_routed_experts: 160,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1536,
      first_k_dense_replace: 1,
    }),
    ["deepseek-coder-v2", "deepseek-v2.5"],
  ),
  model(
    "deepseek-v3",
    `${published("deepseek-ai/DeepSeek-V3")}; headDim is the mean of 192 (query, key) and 128 (value)`,
    DEEPSEEK_V3,
    [
      "deepseek-r1",
      "deepseek-v3-0324",
      "deepseek-r1-0528",
      "deepseek-v3.1",
      "deepseek-prover-v2-671b",
    ],
  ),
  model("gpt-oss-20b", published("openai/gpt-oss-20b"), gptOss(24, 32)),
  model("gpt-oss-120b", published("openai/gpt-oss-120b"), gptOss(36, 128)),
  model(
    "phi-3-mini",
    published("microsoft/Phi-3-mini-128k-instruct"),
    gated("phi3", [3072, 8192, 32, 32, 32, 32_064, 131_072]),
    ["phi-3.5-mini", "phi-3-mini-3.8b"],
  ),
  model(
    "phi-3-medium",
    published("microsoft/Phi-3-medium-128k-instruct"),
    gated("phi3", [5120, 17_920, 40, 40, 10, 32_064, 131_072]),
    ["phi-3-medium-14b"],
  ),
  model(
    "phi-4",
    published("microsoft/phi-4"),
    gated("phi3", [5120, 17_920, 40, 40, 10, 100_352, 16_384]),
  ),
  model(
    "phi-3.5-moe",
    published("microsoft/Phi-3.5-MoE-instruct"),
    gated("phimoe", [4096, 6400, 32, 32, 8, 32_064, 131_072], {
      num_local_experts: 16,
      num_experts_per_tok: 2,
      attention_bias: true,
    }),
  ),
  model(
    "command-r-35b",
    published("CohereForAI/c4ai-command-r-v01"),
    gated("cohere", [8192, 22_528, 40, 64, 64, 256_000, 131_072], {
      torch_dtype: "float16",
      ...TIED,
    }),
    ["command-r"],
  ),
  model(
    "command-r-plus",
    published("CohereForAI/c4ai-command-r-plus"),
    gated("cohere", [12_288, 33_792, 64, 96, 8, 256_000, 131_072], {
      torch_dtype: "float16",
      ...TIED,
    }),
    ["command-r-plus-104b", "command-r-plus-08-2024"],
  ),
  model(
    "phi-4-mini",
    published("microsoft/Phi-4-mini-instruct"),
    gated("phi3", [3072, 8192, 32, 24, 8, 200_064, 131_072], {
      partial_rotary_factor: 0.75,
      ...TIED,
    }),
  ),
  model(
    "granite-3.1-8b",
    published("ibm-granite/granite-3.1-8b-instruct"),
    gated("granite", [4096, 12_800, 40, 32, 8, 49_155, 131_072], TIED),
    ["granite-3.3-8b", "granite-3.2-8b"],
  ),
  model(
    "exaone-4.0-32b",
    published("LGAI-EXAONE/EXAONE-4.0-32B"),
    gated("exaone4", [5120, 27_392, 64, 40, 8, 102_400, 131_072], {
      head_dim: 128,
      sliding_window: 4096,
    }),
  ),
  model(
    "internlm2.5-7b",
    published("internlm/internlm2_5-7b-chat"),
    gated("internlm2", [4096, 14_336, 32, 32, 8, 92_544, 32_768]),
    ["internlm2-7b", "internlm2-chat-7b"],
  ),
  model(
    "internlm2-20b",
    published("internlm/internlm2-chat-20b"),
    gated("internlm2", [6144, 16_384, 48, 48, 8, 92_544, 32_768]),
  ),
  model(
    "baichuan2-7b",
    published("baichuan-inc/Baichuan2-7B-Chat"),
    gated("baichuan", [4096, 11_008, 32, 32, 32, 125_696, 4096]),
  ),
  model(
    "baichuan2-13b",
    published("baichuan-inc/Baichuan2-13B-Chat"),
    gated("baichuan", [5120, 13_696, 40, 40, 40, 125_696, 4096]),
  ),
  model(
    "phi-3-mini-4k",
    published("microsoft/Phi-3-mini-4k-instruct"),
    gated("phi3", [3072, 8192, 32, 32, 32, 32_064, 4096], PHI_3_WINDOW),
  ),
  model(
    "phi-3-medium-4k",
    published("microsoft/Phi-3-medium-4k-instruct"),
    gated("phi3", [5120, 17_920, 40, 40, 10, 32_064, 4096], PHI_3_WINDOW),
  ),
  model(
    "phi-4-reasoning",
    published("microsoft/Phi-4-reasoning"),
    gated("phi3", [5120, 17_920, 40, 40, 10, 100_352, 32_768]),
  ),
  model(
    "command-r-08-2024",
    published("CohereForAI/c4ai-command-r-08-2024"),
    gated("cohere", [8192, 24_576, 40, 64, 8, 256_000, 131_072], {
      torch_dtype: "float16",
      ...TIED,
    }),
  ),
  model(
    "minimax-m2",
    published("MiniMaxAI/MiniMax-M2"),
    gated("minimax_m2", [3072, 1536, 62, 48, 8, 200_064, 196_608], {
      head_dim: 128,
      num_local_experts: 256,
      num_experts_per_tok: 8,
      quantization_config: { quant_method: "fp8" },
    }),
  ),
  model(
    "seed-oss-36b",
    published("ByteDance-Seed/Seed-OSS-36B-Instruct"),
    gated("seed_oss", [5120, 27_648, 64, 80, 8, 155_136, 524_288], { head_dim: 128 }),
  ),
];
