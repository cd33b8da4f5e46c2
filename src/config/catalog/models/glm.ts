import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";
import { gated, model, published } from "./catalogue-model.ts";

const GLM_EXPERTS: HuggingFaceConfig = {
  head_dim: 128,
  attention_bias: true,
  partial_rotary_factor: 0.5,
  n_shared_experts: 1,
  num_experts_per_tok: 8,
};

const GLM_LARGE: HuggingFaceConfig = {
  ...GLM_EXPERTS,
  n_routed_experts: 160,
  moe_intermediate_size: 1536,
  first_k_dense_replace: 3,
};

/** GLM-4 to GLM-4.6. */
export const glmModels = [
  model(
    "glm-4-9b",
    published("THUDM/glm-4-9b-chat-hf"),
    gated("glm", [4096, 13_696, 40, 32, 2, 151_552, 131_072]),
  ),
  model(
    "glm-4-32b",
    published("THUDM/GLM-4-32B-0414"),
    gated("glm4", [6144, 23_040, 61, 48, 2, 151_552, 32_768]),
  ),
  model(
    "glm-4-9b-0414",
    published("THUDM/GLM-4-9B-0414"),
    gated("glm4", [4096, 13_696, 40, 32, 2, 151_552, 32_768]),
  ),
  model(
    "glm-4.5-air",
    published("zai-org/GLM-4.5-Air"),
    gated("glm4_moe", [4096, 10_944, 46, 96, 8, 151_552, 131_072], {
      ...GLM_EXPERTS,
      n_routed_experts: 128,
      moe_intermediate_size: 1408,
      first_k_dense_replace: 1,
    }),
  ),
  model(
    "glm-4.5",
    published("zai-org/GLM-4.5"),
    gated("glm4_moe", [5120, 12_288, 92, 96, 8, 151_552, 131_072], GLM_LARGE),
  ),
  model(
    "glm-4.6",
    published("zai-org/GLM-4.6"),
    gated("glm4_moe", [5120, 12_288, 92, 96, 8, 151_552, 202_752], GLM_LARGE),
  ),
];
