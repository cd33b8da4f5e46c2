import { expect, test } from "vitest";
import { findGpu } from "../../src/config/catalog/find-gpu.ts";
import { findModel, nearestModel } from "../../src/config/catalog/find-model.ts";
import { catalogueModels, gpus } from "../../src/config/catalog/index.ts";
import { holdsGguf, quantizationInName } from "../../src/config/catalog/quantization-in-name.ts";

test("every model and every GPU is found by its own name", () => {
  for (const { name, aliases } of catalogueModels)
    for (const known of [name, ...aliases]) expect(findModel(known), known).toBe(name);
  for (const name of Object.keys(gpus)) expect(findGpu(name)?.name, name).toBe(name);
});

test("names of the catalogue and their aliases are different", () => {
  const all = catalogueModels.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(new Set(all).size).toBe(all.length);
});

test("a repository's name is found by its words, the most specific entry first", () => {
  const found: Readonly<Record<string, string | null>> = {
    "TheBloke/Llama-2-7B-Chat-GPTQ": "llama-2-7b",
    "meta-llama/Meta-Llama-3.1-8B-Instruct": "llama-3.1-8b",
    "Llama-3.1-8B + EAGLE draft": "llama-3.1-8b",
    "meta-llama/Llama-3.2-11B-Vision": "llama-3.2-11b-v",
    "mistralai/Mistral-7B-Instruct-v0.1": "mistral-7b-v0.1",
    "mistralai/Mistral-7B-Instruct-v0.3": "mistral-7b",
    "allenai/Llama-3.1-Tulu-3-8B": "llama-3.1-8b",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B": "r1-qwen-32b",
    "deepseek-ai/DeepSeek-Prover-V2-671B": "deepseek-v3",
    "deepseek-ai/DeepSeek-R1": "deepseek-v3",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8": "qwen3-30b-a3b-2507",
    "Qwen/Qwen3-4B-Thinking-2507": "qwen3-4b-2507",
    "Qwen/Qwen2-VL-7B-Instruct": "qwen2-vl-7b",
    "mistralai/Mistral-Small-3.2-24B-Instruct-2506": "mistral-small-3.1",
    "CohereForAI/c4ai-command-r-08-2024": "command-r-08-2024",
    "microsoft/Phi-4-mini-reasoning": "phi-4-mini",
    "Qwen/Qwen3-VL-8B-Instruct": "qwen3-vl-8b",
    "Qwen/Qwen3-VL-4B-Instruct": null,
    "microsoft/Phi-4-mini-instruct": "phi-4-mini",
    "someone/unheard-of-5b": null,
    "": null,
  };
  for (const [text, name] of Object.entries(found)) expect(findModel(text), text).toBe(name);
});

test("a word that is not true of a model keeps its name from being taken for it", () => {
  const refused: Readonly<Record<string, readonly [nearest: string, differs: string]>> = {
    "deepseek-ai/DeepSeek-Prover-V2-7B": ["deepseek-v2", "prover"],
    "mistralai/Mistral-Large-3-675B-Instruct-2512": ["mistral-large-123b", "3"],
    "someone/Mistral-Large-675B": ["mistral-large-123b", "675b"],
    "mistralai/Ministral-3-8B-Instruct-2512": ["ministral-8b", "3"],
    "nvidia/Mistral-NeMo-Minitron-8B-Base": ["mistral-nemo-12b", "minitron"],
    "microsoft/Phi-4-multimodal-instruct": ["phi-4", "multimodal"],
    "microsoft/Phi-4-mini-flash-reasoning": ["phi-4-mini", "flash"],
    "tiiuae/falcon-mamba-7b": ["falcon-7b", "mamba"],
    "fixie-ai/ultravox-v0_5-llama-3_1-8b": ["llama-3.1-8b", "ultravox"],
    "llava-hf/llava-v1.6-mistral-7b-hf": ["mistral-7b", "llava"],
    "Qwen/Qwen3-VL-4B-Instruct": ["qwen3-4b", "vl"],
    "openai-community/gpt2-large": ["gpt2", "large"],
    "someone/Llama-3-8B-4x8B": ["llama-3-8b", "4x8b"],
    "someone/Qwen3-Coder-480B-A3B": ["qwen3-coder-480b", "a3b"],
    "gradientai/Llama-3-8B-Instruct-Gradient-1048k": ["llama-3-8b", "1048k"],
    "THUDM/glm-4-9b-chat-1m": ["glm-4-9b", "1m"],
  };
  for (const [text, [name, differs]] of Object.entries(refused)) {
    expect(nearestModel(text), text).toEqual({ name, differs });
    expect(findModel(text), text).toBeNull();
  }
});

test("sizes and contexts that are true of a model change nothing", () => {
  expect(findModel("microsoft/Phi-3-mini-128k-instruct")).toBe("phi-3-mini");
  expect(findModel("microsoft/Phi-3-mini-4k-instruct")).toBe("phi-3-mini-4k");
  expect(findModel("Qwen/Qwen3-Coder-480B-A35B-Instruct")).toBe("qwen3-coder-480b");
  expect(findModel("someone/DeepSeek-V3-671B")).toBe("deepseek-v3");
  expect(findModel("someone/llama-2-7b 4-bit")).toBe("llama-2-7b");
});

test("a GPU is found as people and drivers write it", () => {
  const found: Readonly<Record<string, string | undefined>> = {
    "NVIDIA RTX A6000 48GB": "a6000",
    "NVIDIA A100-SXM4-40GB": "a100-40gb",
    "A100-80GB": "a100-80gb",
    A100: "a100-80gb",
    "H100 80GB HBM3": "h100-80gb",
    "H100 PCIe": "h100-pcie",
    "Tesla T4 16GB (14.56GiB)": "t4",
    "NVIDIA GeForce RTX 4090": "rtx-4090",
    RTX3090: "rtx-3090",
    "Tesla V100-SXM2-32GB": "v100-32gb",
    "NVIDIA A10G": "a10g",
    "46GB-class (L40S/A6000-like)": "l40s",
    "80GB-class": undefined,
  };
  for (const [text, name] of Object.entries(found)) expect(findGpu(text)?.name, text).toBe(name);
});

test("a name's words tell the quantization", () => {
  const told: Readonly<Record<string, string | null | undefined>> = {
    "TheBloke/Llama-2-7B-GPTQ": "gptq 4",
    "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8": "gptq 8",
    "Qwen/Qwen2.5-7B-Instruct-AWQ": "awq 4",
    "cyankiwi/Qwen3-8B-AWQ-8bit": "awq 8",
    "Qwen/Qwen3-30B-A3B-FP8": "fp8 8",
    "unsloth/QwQ-32B-unsloth-bnb-4bit": "bitsandbytes 4",
    "unsloth/Meta-Llama-3.1-8B-bnb-8bit": "bitsandbytes 8",
    "Phi-4 (bitsandbytes 4-bit, LoRA wrapper)": "bitsandbytes 4",
    "neuralmagic/Llama-3.1-70B-Instruct-quantized.w8a8": "int8 8",
    "RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a16": "int8 8",
    "RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16": "gptq 4",
    "Intel/Qwen3-8B-int4-AutoRound": "gptq 4",
    "mlx-community/Llama-3.2-3B-Instruct-4bit": "gptq 4",
    "baichuan-inc/Baichuan2-13B-Chat-4bits": "gptq 4",
    "nvidia/Qwen3-8B-FP4": "nvfp4 4",
    "RedHatAI/Llama-3.3-70B-Instruct-NVFP4A16": "nvfp4 4",
    "amd/Llama-3.1-405B-Instruct-MXFP4-Preview": "mxfp4 4",
    "unsloth/gpt-oss-20b-BF16": null,
    "meta-llama/Llama-3.1-8B": undefined,
  };
  for (const [text, wanted] of Object.entries(told)) {
    const read = quantizationInName(text);
    expect(read && `${read.method} ${read.bits}`, text).toBe(wanted);
  }
});

test("llama.cpp's files tell none: a repository has one for each number of bits", () => {
  expect(holdsGguf("unsloth/Llama-3.2-3B-Instruct-GGUF")).toBe(true);
  expect(holdsGguf("unsloth/Llama-3.2-3B-Instruct")).toBe(false);
});
