import { gated, model, published } from "./catalogue-model.ts";

/** Mistral's dense models and mixtures of experts. */
export const mistralModels = [
  model(
    "mistral-7b",
    `${published("mistralai/Mistral-7B-v0.3")} (no sliding window)`,
    gated("mistral", [4096, 14_336, 32, 32, 8, 32_768, 32_768]),
  ),
  model(
    "mistral-7b-v0.1",
    published("mistralai/Mistral-7B-v0.1"),
    gated("mistral", [4096, 14_336, 32, 32, 8, 32_000, 32_768], { sliding_window: 4096 }),
    ["zephyr-7b", "openhermes-2.5-mistral-7b"],
  ),
  model(
    "ministral-8b",
    `${published("mistralai/Ministral-8B-Instruct-2410")}: every fourth layer is full`,
    gated("ministral", [4096, 12_288, 36, 32, 8, 131_072, 131_072], {
      head_dim: 128,
      sliding_window: 32_768,
      layer_types: Array.from({ length: 36 }, (_, layer) =>
        layer % 4 === 0 ? "full_attention" : "sliding_attention",
      ),
    }),
  ),
  model(
    "mistral-nemo-12b",
    `${published("mistralai/Mistral-Nemo-Base-2407")}; context as in the model card`,
    gated("mistral", [5120, 14_336, 40, 32, 8, 131_072, 131_072], { head_dim: 128 }),
    ["mistral-nemo"],
  ),
  model(
    "mistral-small-24b",
    published("mistralai/Mistral-Small-24B-Base-2501"),
    gated("mistral", [5120, 32_768, 40, 32, 8, 131_072, 32_768], { head_dim: 128 }),
    ["mistral-small-3"],
  ),
  model(
    "mistral-large-123b",
    published("mistralai/Mistral-Large-Instruct-2407"),
    gated("mistral", [12_288, 28_672, 88, 96, 8, 32_768, 131_072]),
    ["mistral-large"],
  ),
  model(
    "mixtral-8x7b",
    published("mistralai/Mixtral-8x7B-v0.1"),
    gated("mixtral", [4096, 14_336, 32, 32, 8, 32_000, 32_768], {
      num_local_experts: 8,
      num_experts_per_tok: 2,
    }),
  ),
  model(
    "mixtral-8x22b",
    published("mistralai/Mixtral-8x22B-v0.1"),
    gated("mixtral", [6144, 16_384, 56, 48, 8, 32_768, 65_536], {
      num_local_experts: 8,
      num_experts_per_tok: 2,
    }),
  ),
  model(
    "codestral-22b",
    published("mistralai/Codestral-22B-v0.1"),
    gated("mistral", [6144, 16_384, 56, 48, 8, 32_768, 32_768]),
    ["mistral-small-22b", "mistral-small-instruct-2409"],
  ),
  model(
    "mistral-small-3.1",
    published("mistralai/Mistral-Small-3.1-24B-Instruct-2503"),
    {
      model_type: "mistral3",
      torch_dtype: "bfloat16",
      spatial_merge_size: 2,
      text_config: gated("mistral", [5120, 32_768, 40, 32, 8, 131_072, 131_072], {
        head_dim: 128,
        sliding_window: null,
      }),
      vision_config: {
        model_type: "pixtral",
        hidden_size: 1024,
        intermediate_size: 4096,
        num_hidden_layers: 24,
        image_size: 1540,
        patch_size: 14,
      },
    },
    ["mistral-small-3.2"],
  ),
  model(
    "devstral-small-24b",
    published("mistralai/Devstral-Small-2505"),
    gated("mistral", [5120, 32_768, 40, 32, 8, 131_072, 131_072], { head_dim: 128 }),
    ["devstral-small"],
  ),
];
