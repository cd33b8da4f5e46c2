import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";
import { gated, model, published, TIED } from "./catalogue-model.ts";
import { experts, HEAD_128 } from "./qwen.ts";

/** The image encoder of Qwen2.5-VL. */
function qwenVision(feedForward: number) {
  return {
    hidden_size: 1280,
    intermediate_size: feedForward,
    depth: 32,
    patch_size: 14,
    hidden_act: "silu",
    spatial_merge_size: 2,
  };
}

/** That of Qwen2-VL, which is its class' default. */
const QWEN2_VISION = { model_type: "qwen2_vl" };

/** Qwen3-VL: text of Qwen3's shape, and the encoder that is its class' default. */
function qwen3Vision(model_type: string, text: HuggingFaceConfig): HuggingFaceConfig {
  return {
    model_type,
    torch_dtype: "bfloat16",
    text_config: text,
    vision_config: { model_type: "qwen3_vl" },
  };
}

/** Qwen2-VL to Qwen3-VL. */
export const qwenVisionModels = [
  model("qwen2.5-vl-7b", published("Qwen/Qwen2.5-VL-7B-Instruct"), {
    ...gated("qwen2_5_vl", [3584, 18_944, 28, 28, 4, 152_064, 128_000]),
    vision_config: qwenVision(3420),
  }),
  model("qwen2.5-vl-3b", published("Qwen/Qwen2.5-VL-3B-Instruct"), {
    ...gated("qwen2_5_vl", [2048, 11_008, 36, 16, 2, 151_936, 128_000], TIED),
    vision_config: qwenVision(3420),
  }),
  model("qwen2.5-vl-72b", published("Qwen/Qwen2.5-VL-72B-Instruct"), {
    ...gated("qwen2_5_vl", [8192, 29_568, 80, 64, 8, 152_064, 128_000]),
    vision_config: qwenVision(3456),
  }),
  model("qwen2.5-vl-32b", published("Qwen/Qwen2.5-VL-32B-Instruct"), {
    ...gated("qwen2_5_vl", [5120, 27_648, 64, 40, 8, 152_064, 128_000]),
    vision_config: qwenVision(3456),
  }),
  model("qwen2-vl-2b", published("Qwen/Qwen2-VL-2B-Instruct"), {
    ...gated("qwen2_vl", [1536, 8960, 28, 12, 2, 151_936, 32_768], TIED),
    vision_config: QWEN2_VISION,
  }),
  model("qwen2-vl-7b", published("Qwen/Qwen2-VL-7B-Instruct"), {
    ...gated("qwen2_vl", [3584, 18_944, 28, 28, 4, 152_064, 32_768]),
    vision_config: QWEN2_VISION,
  }),
  model("qwen2-vl-72b", published("Qwen/Qwen2-VL-72B-Instruct"), {
    ...gated("qwen2_vl", [8192, 29_568, 80, 64, 8, 152_064, 32_768]),
    vision_config: QWEN2_VISION,
  }),
  model(
    "qwen3-vl-8b",
    published("Qwen/Qwen3-VL-8B-Instruct"),
    qwen3Vision(
      "qwen3_vl",
      gated("qwen3_vl_text", [4096, 12_288, 36, 32, 8, 151_936, 262_144], HEAD_128),
    ),
  ),
  model(
    "qwen3-vl-30b-a3b",
    published("Qwen/Qwen3-VL-30B-A3B-Instruct"),
    qwen3Vision(
      "qwen3_vl_moe",
      gated("qwen3_vl_moe_text", [2048, 6144, 48, 32, 4, 151_936, 262_144], experts(768)),
    ),
  ),
];
