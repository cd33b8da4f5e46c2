import { activeParameterCount, parameterCount } from "../hugging-face/parameters.ts";
import { quantizations } from "../hugging-face/quantization.ts";
import type { Quantization } from "./architecture.ts";
import { architectures, catalogueModels } from "./models/index.ts";
import { inOrder } from "./words.ts";

/** The entry of the catalogue that a name is nearest to. */
export interface NearestModel {
  readonly name: string;
  /** The word of the name that says that it is another model; null where the name is taken for the entry. */
  readonly differs: string | null;
}

/** Names and aliases of the catalogue, as words. */
const ENTRIES = catalogueModels.flatMap(({ name, aliases }) =>
  [name, ...aliases].map((written) => ({ name, wanted: modelWords(written) })),
);

/** The catalogue's name for a model as people and repositories write it; null where there is none that is safe. */
export function findModel(text: string): string | null {
  const nearest = nearestModel(text);
  return nearest === null || nearest.differs !== null ? null : nearest.name;
}

/**
 * The entry or alias all of whose words come in a name in that order (`TheBloke/Llama-2-7B-Chat-GPTQ`), the longest of
 * several; one from which no word differs before all others. Null where there is none.
 */
export function nearestModel(text: string): NearestModel | null {
  const words = modelWords(text);
  let best: (NearestModel & { readonly length: number }) | null = null;
  for (const { name, wanted } of ENTRIES) {
    if (!inOrder(wanted, words)) continue;
    const differs = differingWord(name, wanted, words);
    const isSafer = best !== null && best.differs !== null && differs === null;
    const isAsSafe = best === null || (best.differs === null) === (differs === null);
    if (isSafer || (isAsSafe && wanted.length > (best?.length ?? 0)))
      best = { name, differs, length: wanted.length };
  }
  return best && { name: best.name, differs: best.differs };
}

/** `llama-3_1` and `llama-3.1` are the same words, `4-bit` and `4bit` the same word. */
function modelWords(text: string): string[] {
  const base = text.slice(text.lastIndexOf("/") + 1).toLowerCase();
  return base
    .replace(/(\d)_(?=\d)/g, "$1.")
    .replace(/(\d)[-_ ]bit/g, "$1bit")
    .split(/[^a-z0-9.]+/)
    .filter((word) => word !== "");
}

/** Words that make another model of a name: another shape, an encoder, a draft. */
const OTHER_MODEL = new Set([
  ...["vl", "v", "vision", "llava", "omni", "multimodal", "audio", "speech", "ultravox"],
  ...["embed", "embedding", "reranker", "e5", "gte", "bge", "eagle3", "medusa", "speculator"],
  ...["small", "medium", "large", "xl", "mini", "tiny", "lite", "flash", "moe", "mamba", "hybrid"],
  ...["distill", "distilled", "minitron", "pruned", "prover"],
]);

/** The first word of a name that an entry does not have and that is not true of it. */
function differingWord(
  name: string,
  wanted: readonly string[],
  words: readonly string[],
): string | null {
  let at = 0;
  for (const [index, word] of words.entries()) {
    if (word === wanted[at]) {
      at += 1;
      continue;
    }
    // Another version than the entry's comes right after a word of the entry: Ministral-3-8B.
    const isVersion = at > 0 && words[index - 1] === wanted[at - 1] && /^\d\d?(\.\d+)?$/.test(word);
    if (isVersion || OTHER_MODEL.has(word) || !agrees(name, word)) return word;
  }
  return null;
}

/** Sizes in names are rounded, and may leave out embeddings. */
const SIZE_TOLERANCE = 0.35;
/** 128k is 131,072 or 128,000 tokens. */
const CONTEXT_TOLERANCE = 0.05;

/** Whether a word that states a size (`7b`, `a3b`) or a context (`128k`, `1m`) is true of a model. */
function agrees(name: string, word: string): boolean {
  const [, experts, active, size, unit] = /^(\d+x)?(a)?(\d+(?:\.\d+)?)(b|m|k)$/.exec(word) ?? [];
  if (unit === undefined) return true;
  if (experts !== undefined) return false;
  const architecture = architectures[name]!;
  const isNear = (count: number, stated: number, tolerance: number) =>
    Math.abs(count / stated - 1) < tolerance;
  // A model of less than ten million parameters is none that is served: 1m is a context.
  if (unit === "k" || (unit === "m" && Number(size) < 10)) {
    const stated = Number(size) * (unit === "k" ? 1024 : 1024 ** 2);
    return isNear(architecture.maxModelLen, stated, CONTEXT_TOLERANCE);
  }
  const count = active === undefined ? parameterCount : activeParameterCount;
  return isNear(count(architecture), Number(size) * (unit === "b" ? 1e9 : 1e6), SIZE_TOLERANCE);
}

/** Bits of a weight as names write them: `int4`, `4bit`, `w4a16`. */
function bitsInName(words: readonly string[]): number | null {
  for (const word of words) {
    const [, int, bit, weight] = /^(?:int(\d)|(\d)bits?|w(\d)a\w+)$/.exec(word) ?? [];
    const bits = int ?? bit ?? weight;
    if (bits !== undefined) return Number(bits);
  }
  return null;
}

/** Whether a repository holds llama.cpp's files: one for each number of bits. */
export function holdsGguf(text: string): boolean {
  return modelWords(text).includes("gguf");
}

/** Number formats in which a checkpoint is not quantized. */
const PLAIN_FORMATS = ["bf16", "fp16", "f16", "bfloat16", "float16"];

/**
 * The quantization that a repository's name tells (`…-AWQ`, `…-quantized.w4a16`, `…-bnb-4bit`): null where it is not
 * quantized (`…-BF16`), undefined where the name says nothing.
 */
export function quantizationInName(text: string): Quantization | null | undefined {
  const words = modelWords(text).flatMap((word) => word.split("."));
  const named = (...names: string[]) => names.some((name) => words.includes(name));
  const begins = (name: string) => words.some((word) => word.startsWith(name));
  const bits = bitsInName(words);
  const of = (usual: Quantization) => (bits === null ? usual : { ...usual, bits });
  // NVIDIA's FP4 checkpoints are NVFP4.
  if (begins("nvfp4") || named("fp4")) return quantizations.nvfp4;
  if (begins("mxfp4")) return quantizations.mxfp4;
  if (named("gptq")) return of(quantizations.gptq);
  if (named("awq")) return of(quantizations.awq);
  if (named("bnb", "bitsandbytes")) return of(quantizations.bitsandbytes);
  if (named("fp8")) return quantizations.fp8;
  if (bits === 8) return quantizations.int8;
  if (bits !== null || named("autoround")) return of(quantizations.gptq);
  return named(...PLAIN_FORMATS) ? null : undefined;
}
