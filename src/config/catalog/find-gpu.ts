import { gpus } from "./gpus.ts";
import type { GpuSpec } from "./specs.ts";
import { inOrder } from "./words.ts";

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
