import { expect, test } from "vitest";
import { findGpu, findModel, quantizationInName } from "../../src/config/catalog/find.ts";
import { catalogueModels, gpus } from "../../src/config/catalog/index.ts";

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
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B": "qwen2.5-32b",
    "deepseek-ai/DeepSeek-R1": "deepseek-v3",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8": "qwen3-30b-a3b",
    "Qwen/Qwen3-VL-8B-Instruct": null,
    "microsoft/Phi-4-mini-instruct": "phi-4-mini",
    "someone/unheard-of-5b": null,
    "": null,
  };
  for (const [text, name] of Object.entries(found)) expect(findModel(text), text).toBe(name);
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

test("a name's last words tell the quantization", () => {
  const method = (text: string) => quantizationInName(text)?.method;
  expect(method("TheBloke/Llama-2-7B-GPTQ")).toBe("gptq");
  expect(method("Qwen/Qwen2.5-7B-Instruct-AWQ")).toBe("awq");
  expect(method("Qwen/Qwen3-30B-A3B-FP8")).toBe("fp8");
  expect(method("unsloth/QwQ-32B-unsloth-bnb-4bit")).toBe("bitsandbytes");
  expect(method("neuralmagic/Llama-3.1-70B-Instruct-quantized.w8a8")).toBe("int8");
  expect(method("meta-llama/Llama-3.1-8B")).toBeUndefined();
});
