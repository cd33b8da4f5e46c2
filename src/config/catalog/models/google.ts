import type { HuggingFaceConfig } from "../../hugging-face/keys.ts";
import { gated, model, published, TIED } from "./catalogue-model.ts";

/** SigLIP-So400m/14 at 896 pixels, as Gemma 3 uses it. */
const SIGLIP = {
  hidden_size: 1152,
  intermediate_size: 4304,
  num_hidden_layers: 27,
  image_size: 896,
  patch_size: 14,
};

function gemma3(text: HuggingFaceConfig): HuggingFaceConfig {
  return {
    model_type: "gemma3",
    torch_dtype: "bfloat16",
    text_config: { ...text, sliding_window: 1024 },
    vision_config: SIGLIP,
  };
}

/** Gemma 1 to 3: the second slides in every other layer, the third in five of six. */
export const googleModels = [
  model(
    "gemma-2b",
    published("google/gemma-2b"),
    gated("gemma", [2048, 16_384, 18, 8, 1, 256_000, 8192], { head_dim: 256, ...TIED }),
    ["gemma-1.1-2b"],
  ),
  model(
    "gemma-7b",
    published("google/gemma-7b"),
    gated("gemma", [3072, 24_576, 28, 16, 16, 256_000, 8192], { head_dim: 256, ...TIED }),
    ["codegemma-7b", "gemma-1.1-7b"],
  ),
  model(
    "gemma-2-2b",
    published("google/gemma-2-2b"),
    gated("gemma2", [2304, 9216, 26, 8, 4, 256_000, 8192], {
      head_dim: 256,
      sliding_window: 4096,
      ...TIED,
    }),
  ),
  model(
    "gemma-2-9b",
    published("google/gemma-2-9b"),
    gated("gemma2", [3584, 14_336, 42, 16, 8, 256_000, 8192], {
      head_dim: 256,
      sliding_window: 4096,
      ...TIED,
    }),
  ),
  model(
    "gemma-2-27b",
    published("google/gemma-2-27b"),
    gated("gemma2", [4608, 36_864, 46, 32, 16, 256_000, 8192], {
      head_dim: 128,
      sliding_window: 4096,
      ...TIED,
    }),
  ),
  model(
    "gemma-3-1b",
    published("google/gemma-3-1b-it"),
    gated("gemma3_text", [1152, 6912, 26, 4, 1, 262_144, 32_768], {
      head_dim: 256,
      sliding_window: 512,
      ...TIED,
    }),
  ),
  model(
    "gemma-3-4b",
    published("google/gemma-3-4b-it"),
    gemma3(
      gated("gemma3_text", [2560, 10_240, 34, 8, 4, 262_208, 131_072], { head_dim: 256, ...TIED }),
    ),
  ),
  model(
    "gemma-3-12b",
    published("google/gemma-3-12b-it"),
    gemma3(
      gated("gemma3_text", [3840, 15_360, 48, 16, 8, 262_208, 131_072], { head_dim: 256, ...TIED }),
    ),
  ),
  model(
    "gemma-3-27b",
    published("google/gemma-3-27b-it"),
    gemma3(
      gated("gemma3_text", [5376, 21_504, 62, 32, 16, 262_208, 131_072], {
        head_dim: 128,
        ...TIED,
      }),
    ),
  ),
];
