import { quantizations } from "../hugging-face/quantization.ts";
import type { Quantization } from "./architecture.ts";
import { modelWords } from "./words.ts";

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
