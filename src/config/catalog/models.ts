import type { ModelSpec } from "./specs.ts";

/** layers, heads, kvHeads, headDim, hidden, parameters, active parameters (null = all), vocabulary, maxModelLen. */
type Sizes = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number | null,
  number,
  number,
];

/** A model with weights and KV of 16 bits and a key and a value vector for each head. */
function row(name: string, sizes: Sizes, source: string): ModelSpec {
  const [layers, heads, kvHeads, headDim, hidden, parameters, active, vocabulary, maxModelLen] =
    sizes;
  return {
    name,
    layers,
    heads,
    kvHeads,
    headDim,
    hidden,
    parameters,
    activeParameters: active ?? parameters,
    vocabulary,
    maxModelLen,
    weightBytesPerParameter: 2,
    kvBytesPerElement: 2,
    latentElements: null,
    source,
  };
}

/** Multi-head latent attention: each layer caches 512 compressed elements and 64 rotary ones; the weights are FP8. */
const deepseekV3: ModelSpec = {
  name: "deepseek-v3",
  layers: 61,
  heads: 128,
  kvHeads: 128,
  headDim: 160,
  hidden: 7168,
  parameters: 671e9,
  activeParameters: 37e9,
  vocabulary: 129_280,
  maxModelLen: 163_840,
  weightBytesPerParameter: 1,
  kvBytesPerElement: 2,
  latentElements: 512 + 64,
  source:
    "deepseek-ai/DeepSeek-V3 config.json; headDim is the mean of 192 (query, key) and 128 (value)",
};

const rows: readonly ModelSpec[] = [
  row(
    "opt-6.7b",
    [32, 32, 32, 128, 4096, 6.658e9, null, 50_272, 2048],
    "facebook/opt-6.7b config.json",
  ),
  row(
    "opt-13b",
    [40, 40, 40, 128, 5120, 12.853e9, null, 50_272, 2048],
    "facebook/opt-13b config.json; 819,200 B per token: Kwon et al., SOSP'23, §3",
  ),
  row(
    "opt-30b",
    [48, 56, 56, 128, 7168, 29.975e9, null, 50_272, 2048],
    "facebook/opt-30b config.json",
  ),
  row(
    "opt-66b",
    [64, 72, 72, 128, 9216, 65.718e9, null, 50_272, 2048],
    "facebook/opt-66b config.json",
  ),
  row(
    "opt-175b",
    [96, 96, 96, 128, 12_288, 174.6e9, null, 50_272, 2048],
    "Zhang et al., arXiv 2205.01068, Table 1",
  ),
  row(
    "llama-7b",
    [32, 32, 32, 128, 4096, 6.738e9, null, 32_000, 2048],
    "Touvron et al., arXiv 2302.13971, Table 2",
  ),
  row(
    "llama-13b",
    [40, 40, 40, 128, 5120, 13.016e9, null, 32_000, 2048],
    "Touvron et al., arXiv 2302.13971, Table 2",
  ),
  row(
    "llama-2-7b",
    [32, 32, 32, 128, 4096, 6.738e9, null, 32_000, 4096],
    "meta-llama/Llama-2-7b-hf config.json",
  ),
  row(
    "llama-2-13b",
    [40, 40, 40, 128, 5120, 13.016e9, null, 32_000, 4096],
    "meta-llama/Llama-2-13b-hf config.json",
  ),
  row(
    "llama-2-70b",
    [80, 64, 8, 128, 8192, 68.977e9, null, 32_000, 4096],
    "meta-llama/Llama-2-70b-hf config.json",
  ),
  row(
    "llama-3-8b",
    [32, 32, 8, 128, 4096, 8.03e9, null, 128_256, 8192],
    "meta-llama/Meta-Llama-3-8B config.json",
  ),
  row(
    "llama-3-70b",
    [80, 64, 8, 128, 8192, 70.554e9, null, 128_256, 8192],
    "meta-llama/Meta-Llama-3-70B config.json",
  ),
  row(
    "llama-3.1-8b",
    [32, 32, 8, 128, 4096, 8.03e9, null, 128_256, 131_072],
    "meta-llama/Llama-3.1-8B config.json",
  ),
  row(
    "llama-3.1-70b",
    [80, 64, 8, 128, 8192, 70.554e9, null, 128_256, 131_072],
    "meta-llama/Llama-3.1-70B config.json",
  ),
  row(
    "llama-3.1-405b",
    [126, 128, 8, 128, 16_384, 405.853e9, null, 128_256, 131_072],
    "meta-llama/Llama-3.1-405B config.json",
  ),
  row(
    "llama-3.2-1b",
    [16, 32, 8, 64, 2048, 1.236e9, null, 128_256, 131_072],
    "meta-llama/Llama-3.2-1B config.json",
  ),
  row(
    "llama-3.2-3b",
    [28, 24, 8, 128, 3072, 3.213e9, null, 128_256, 131_072],
    "meta-llama/Llama-3.2-3B config.json",
  ),
  row(
    "mistral-7b",
    [32, 32, 8, 128, 4096, 7.248e9, null, 32_768, 32_768],
    "mistralai/Mistral-7B-v0.3 config.json (no sliding window)",
  ),
  row(
    "mixtral-8x7b",
    [32, 32, 8, 128, 4096, 46.703e9, 12.88e9, 32_000, 32_768],
    "mistralai/Mixtral-8x7B-v0.1 config.json",
  ),
  row(
    "mixtral-8x22b",
    [56, 48, 8, 128, 6144, 140.621e9, 39.1e9, 32_768, 65_536],
    "mistralai/Mixtral-8x22B-v0.1 config.json",
  ),
  row(
    "qwen2.5-7b",
    [28, 28, 4, 128, 3584, 7.616e9, null, 152_064, 32_768],
    "Qwen/Qwen2.5-7B-Instruct config.json",
  ),
  row(
    "qwen2.5-14b",
    [48, 40, 8, 128, 5120, 14.77e9, null, 152_064, 32_768],
    "Qwen/Qwen2.5-14B-Instruct config.json",
  ),
  row(
    "qwen2.5-32b",
    [64, 40, 8, 128, 5120, 32.764e9, null, 152_064, 32_768],
    "Qwen/Qwen2.5-32B-Instruct config.json",
  ),
  row(
    "qwen2.5-72b",
    [80, 64, 8, 128, 8192, 72.706e9, null, 152_064, 32_768],
    "Qwen/Qwen2.5-72B-Instruct config.json",
  ),
  row(
    "qwen3-8b",
    [36, 32, 8, 128, 4096, 8.191e9, null, 151_936, 40_960],
    "Qwen/Qwen3-8B config.json",
  ),
  row(
    "qwen3-32b",
    [64, 64, 8, 128, 5120, 32.762e9, null, 151_936, 40_960],
    "Qwen/Qwen3-32B config.json",
  ),
  row(
    "qwen3-30b-a3b",
    [48, 32, 4, 128, 2048, 30.532e9, 3.3e9, 151_936, 40_960],
    "Qwen/Qwen3-30B-A3B config.json",
  ),
  row("yi-6b", [32, 32, 4, 128, 4096, 6.061e9, null, 64_000, 4096], "01-ai/Yi-6B config.json"),
  row("yi-34b", [60, 56, 8, 128, 7168, 34.389e9, null, 64_000, 4096], "01-ai/Yi-34B config.json"),
  deepseekV3,
];

/** The models that a config may name. Sizes as published; a parameter count is that of the public weights. */
export const models: Readonly<Record<string, ModelSpec>> = Object.fromEntries(
  rows.map((model) => [model.name, model]),
);
