import { nearest } from "../../core/nearest.ts";
import type { Architecture } from "../catalog/architecture.ts";
import { ConfigProblem, shown } from "../problem.ts";
import { classicFamilies } from "./classic.ts";
import type { Family } from "./common.ts";
import { gatedFamilies } from "./gated.ts";
import type { HuggingFaceConfig } from "./keys.ts";
import { latentFamilies } from "./latent.ts";
import { textPart, withVision, wrapperOf, wrappers } from "./multimodal.ts";
import { notPlanned } from "./not-planned.ts";
import { specialFamilies } from "./special.ts";

/** How each `model_type` of a config.json is read. */
export const families: Readonly<Record<string, Family>> = {
  ...gatedFamilies,
  ...latentFamilies,
  ...classicFamilies,
  ...specialFamilies,
};

/** What a config.json says of a model's memory. Throws {@link ConfigProblem} for a model that is not known. */
export function architectureOf(
  config: HuggingFaceConfig,
  name: string,
  source: string,
): Architecture {
  const text = textPart(config);
  const read = familyOf(config, text);
  return { ...withVision(read(text), config, text), name, source };
}

function familyOf(config: HuggingFaceConfig, text: HuggingFaceConfig): Family {
  const type = text.model_type;
  // A file without model_type is taken for one of the two oldest shapes.
  if (!type) return families[text.ffn_dim ? "opt" : "llama"]!;
  if (Object.hasOwn(families, type)) return families[type]!;
  throw new ConfigProblem(typePath(config), unknownType(type));
}

/** Where the file names the model that decides. */
function typePath(config: HuggingFaceConfig): string[] {
  if (wrapperOf(config.model_type) === undefined) return ["model_type"];
  return [config.text_config ? "text_config" : "llm_config", "model_type"];
}

function unknownType(type: string): string {
  if (Object.hasOwn(notPlanned, type)) return `${shown(type)} ${notPlanned[type]}`;
  const guess = nearest(type, [...Object.keys(families), ...Object.keys(wrappers)]);
  return `${shown(type)} is not known${guess === null ? "" : `; did you mean ${guess}?`}`;
}
