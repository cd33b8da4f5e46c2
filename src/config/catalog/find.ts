import { quantizations } from "../hugging-face/quantization.ts";
import type { Quantization } from "./architecture.ts";
import { gpus } from "./gpus.ts";
import { catalogueModels } from "./models/index.ts";
import type { GpuSpec } from "./specs.ts";

/** Words that make another model of a name: an encoder, other weights on top. */
const DISTINCTIVE = new Set(["vl", "vision", "omni", "audio", "embedding", "reranker"]);

/**
 * The catalogue's name for a model as people and repositories write it (`TheBloke/Llama-2-7B-Chat-GPTQ`): the
 * entry or alias all of whose words come in that order, the longest of several. Null where there is none.
 */
export function findModel(text: string): string | null {
  const words = modelWords(text);
  const distinctive = (of: readonly string[]) => of.filter((word) => DISTINCTIVE.has(word)).join();
  let best: { readonly name: string; readonly length: number } | null = null;
  for (const { name, aliases } of catalogueModels)
    for (const candidate of [name, ...aliases]) {
      const wanted = modelWords(candidate);
      if (!inOrder(wanted, words) || distinctive(wanted) !== distinctive(words)) continue;
      if (best === null || wanted.length > best.length) best = { name, length: wanted.length };
    }
  return best?.name ?? null;
}

function modelWords(text: string): string[] {
  const base = text.slice(text.lastIndexOf("/") + 1).toLowerCase();
  return base.split(/[^a-z0-9.]+/).filter((word) => word !== "");
}

function inOrder(wanted: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (word === wanted[at]) at += 1;
  return at === wanted.length;
}

/** The quantization that a repository's name ends with (`…-AWQ`, `…-FP8`, `…-bnb-4bit`); null where it names none. */
export function quantizationInName(text: string): Quantization | null {
  const words = modelWords(text);
  const named = (...names: string[]) => names.some((name) => words.includes(name));
  if (named("gptq", "w4a16")) return quantizations["gptq"]!;
  if (named("awq")) return quantizations["awq"]!;
  if (named("fp8")) return quantizations["fp8"]!;
  if (named("w8a8", "quantized.w8a8", "int8")) return quantizations["int8"]!;
  if (named("bnb", "bitsandbytes")) return quantizations["bitsandbytes"]!;
  return null;
}

/**
 * The catalogue's GPU that a text names (`NVIDIA RTX A6000 48GB`, `H100-80GB`): of the entries all of whose words come
 * in it in that order, the one that comes first, the longest of several. Null where there is none.
 */
export function findGpu(text: string): GpuSpec | null {
  const words = gpuWords(text);
  let best: { readonly gpu: GpuSpec; readonly at: number; readonly length: number } | null = null;
  for (const gpu of Object.values(gpus)) {
    const wanted = gpuWords(gpu.name).filter((word) => word !== "rtx");
    const at = words.indexOf(wanted[0]!);
    if (at < 0 || !inOrder(wanted, words)) continue;
    if (best === null || at < best.at || (at === best.at && wanted.length > best.length))
      best = { gpu, at, length: wanted.length };
  }
  return best?.gpu ?? usualGpu(words);
}

/** A family's name without a size (`A100`, `H100 SXM`) means its most usual card; with a size it means no other. */
const USUAL: Readonly<Record<string, string>> = {
  a100: "a100-80gb",
  h100: "h100-80gb",
  gh200: "gh200-96gb",
  v100: "v100-16gb",
};

function usualGpu(words: readonly string[]): GpuSpec | null {
  if (words.some((word) => /^\d+gb$/.test(word))) return null;
  const family = Object.keys(USUAL).find((name) => words.includes(name));
  return family === undefined ? null : gpus[USUAL[family]!]!;
}

/** `RTX3090` and `RTX 3090` are the same words, `80G` and `80GB` the same word. */
function gpuWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/rtx(?=\w)/g, "rtx ")
    .replace(/\b(\d+)\s*g(i?b)?\b/g, "$1gb")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
