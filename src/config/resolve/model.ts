import type { Architecture } from "../catalog/architecture.ts";
import { architectures, models } from "../catalog/index.ts";
import type { ModelSpec } from "../catalog/specs.ts";
import { modelSpecOf } from "../hugging-face/parameters.ts";
import { type ConfigPath, ConfigProblem } from "../problem.ts";
import { FORMAT_BYTES, type RawModel } from "../schema/hardware.ts";
import type { RawConfig } from "../schema/index.ts";
import { readHuggingFaceConfig } from "./hugging-face.ts";

/** The model of a config, its number formats applied; null when none is given. Reads a file for `hfConfig`. */
export function resolveModel(raw: RawConfig, folder: string): ModelSpec | null {
  if (raw.model === undefined) return null;
  const model = namedModel(raw, folder);
  return {
    ...model,
    weightBytesPerParameter: raw.dtype ? FORMAT_BYTES[raw.dtype] : model.weightBytesPerParameter,
    kvBytesPerElement: raw.kvDtype ? FORMAT_BYTES[raw.kvDtype] : model.kvBytesPerElement,
  };
}

function namedModel(raw: RawConfig, folder: string): ModelSpec {
  if (typeof raw.model === "string") {
    requireFullAttention(["model"], architectures[raw.model]!);
    return models[raw.model]!;
  }
  const model = raw.model!;
  if (!("hfConfig" in model)) return writtenModel(model, raw.maxModelLen);
  const architecture = readHuggingFaceConfig(model.hfConfig, folder);
  requireFullAttention(["model", "hfConfig"], architecture);
  return modelSpecOf(architecture);
}

/** A run knows one kind of layer; `kvsim plan` knows them all. */
function requireFullAttention(path: ConfigPath, { layers }: Architecture): void {
  if (layers.some(({ cache }) => cache.kind === "sliding"))
    throw new ConfigProblem(path, "sliding-window layers do not exist in this version");
}

function writtenModel(raw: RawModel, configMaxModelLen: number | undefined): ModelSpec {
  const heads = raw.heads ?? raw.kvHeads;
  const hidden = raw.hidden ?? heads * raw.headDim;
  const parameters = raw.parameters ?? 12 * raw.layers * hidden ** 2 + raw.vocabulary * hidden;
  const maxModelLen = raw.maxModelLen ?? configMaxModelLen;
  if (maxModelLen === undefined)
    throw new ConfigProblem(["model"], "expected maxModelLen here or at the top level");
  return {
    name: raw.name,
    layers: raw.layers,
    heads,
    kvHeads: raw.kvHeads,
    headDim: raw.headDim,
    hidden,
    parameters,
    activeParameters: raw.activeParameters ?? parameters,
    vocabulary: raw.vocabulary,
    maxModelLen,
    weightBytesPerParameter: 2,
    kvBytesPerElement: 2,
    latentElements: raw.latentElements ?? null,
    source: "the config",
  };
}

/**
 * KV bytes of one token over all GPUs of the replica. With fewer KV heads than tensor-parallel GPUs each GPU still keeps
 * one, and a latent (MLA) cache is whole on each of them (vLLM's sharding).
 */
export function bytesPerToken(model: ModelSpec, tensorParallel: number): number {
  const { layers, headDim, kvHeads, kvBytesPerElement, latentElements } = model;
  if (latentElements !== null) return layers * latentElements * kvBytesPerElement * tensorParallel;
  const heads = tensorParallel * Math.ceil(kvHeads / tensorParallel);
  return 2 * layers * heads * headDim * kvBytesPerElement;
}
