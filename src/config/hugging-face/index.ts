import { nearest } from "../../core/nearest.ts";
import type { Architecture } from "../catalog/architecture.ts";
import { ConfigProblem, shown } from "../problem.ts";
import { classicFamilies } from "./classic.ts";
import type { Family } from "./common.ts";
import { gatedFamilies } from "./gated.ts";
import type { HuggingFaceConfig } from "./keys.ts";
import { latentFamilies } from "./latent.ts";
import { textFamilyOf, textPart, withVision } from "./multimodal.ts";
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
  return { ...withVision(read(text), config), name, source };
}

function familyOf(config: HuggingFaceConfig, text: HuggingFaceConfig): Family {
  const type = config.model_type;
  // A file without model_type is taken for one of the two oldest shapes.
  if (type === undefined) return families[text.ffn_dim === undefined ? "llama" : "opt"]!;
  const textType = text === config ? undefined : text.model_type;
  for (const candidate of [textType, textFamilyOf[type], type])
    if (candidate !== undefined && Object.hasOwn(families, candidate)) return families[candidate]!;
  throw new ConfigProblem(["model_type"], unknownType(type));
}

function unknownType(type: string): string {
  const known = [...Object.keys(families), ...Object.keys(textFamilyOf)];
  const guess = nearest(type, known);
  return `${shown(type)} is not known${guess === null ? "" : `; did you mean ${guess}?`}`;
}
