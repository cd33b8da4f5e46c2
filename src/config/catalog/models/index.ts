import { lazyRecord } from "../../../core/lazy-record.ts";
import { architectureOf } from "../../hugging-face/index.ts";
import { modelSpecOf } from "../../hugging-face/parameters.ts";
import type { Architecture } from "../architecture.ts";
import type { ModelSpec } from "../specs.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { classicModels } from "./classic.ts";
import { glmModels } from "./glm.ts";
import { googleModels } from "./google.ts";
import { llamaModels } from "./llama.ts";
import { mistralModels } from "./mistral.ts";
import { otherModels } from "./others.ts";
import { qwenModels } from "./qwen.ts";
import { qwenVisionModels } from "./qwen-vision.ts";

/** Every model of the catalogue, family by family. */
export const catalogueModels: readonly CatalogueModel[] = [
  ...classicModels,
  ...llamaModels,
  ...mistralModels,
  ...qwenModels,
  ...qwenVisionModels,
  ...googleModels,
  ...glmModels,
  ...otherModels,
];

/** What the planner reads: every layer of every model. */
export const architectures: Readonly<Record<string, Architecture>> = lazyRecord(
  catalogueModels.map((model) => [model.name, model]),
  ({ name, config, source }: CatalogueModel) => architectureOf(config, name, source),
);

/** The models that a config may name. Sizes as published; a parameter count is that of the public weights. */
export const models: Readonly<Record<string, ModelSpec>> = lazyRecord(
  catalogueModels.map(({ name }) => [name, name]),
  (name: string) => modelSpecOf(architectures[name]!),
);
