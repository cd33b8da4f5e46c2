import { activeParameterCount, parameterCount } from "../hugging-face/parameters.ts";
import { architectures, catalogueModels } from "./models/index.ts";
import { inOrder, modelWords } from "./words.ts";

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
  const found = ENTRIES.filter(({ wanted }) => inOrder(wanted, words)).map(({ name, wanted }) => ({
    name,
    differs: differingWord(name, wanted, words),
    length: wanted.length,
  }));
  const safe = found.filter(({ differs }) => differs === null);
  const [best] = (safe.length > 0 ? safe : found).sort((a, b) => b.length - a.length);
  return best === undefined ? null : { name: best.name, differs: best.differs };
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
