import { architectureOfSpec } from "../../planner/written-model.ts";
import type { Architecture } from "../catalog/architecture.ts";
import { architectures, models } from "../catalog/index.ts";
import type { ModelSpec } from "../catalog/specs.ts";
import { modelSpecOf } from "../hugging-face/parameters.ts";
import { type ConfigPath, ConfigProblem } from "../problem.ts";
import { FORMAT_BYTES, type RawModel } from "../schema/hardware.ts";
import type { RawConfig } from "../schema/index.ts";
import { readHuggingFaceConfig } from "./hugging-face.ts";

/** A model as a run sees it, and layer by layer as the planner does. */
export interface ResolvedModel {
  readonly spec: ModelSpec;
  readonly architecture: Architecture;
}

/** The model of a config, its number formats applied; null when none is given. Reads a file for `hfConfig`. */
export function resolveModel(raw: RawConfig, folder: string): ResolvedModel | null {
  if (raw.model === undefined) return null;
  const { spec, architecture } = namedModel(raw, folder);
  return {
    architecture,
    spec: {
      ...spec,
      weightBytesPerParameter: raw.dtype ? FORMAT_BYTES[raw.dtype] : spec.weightBytesPerParameter,
      kvBytesPerElement: kvBytes(raw) ?? spec.kvBytesPerElement,
    },
  };
}

/** Of what the config says; KV is of the model's format where it is not said, as vLLM has it, but for quantized weights. */
function kvBytes({ kvDtype, dtype }: RawConfig): number | null {
  if (kvDtype !== undefined) return FORMAT_BYTES[kvDtype];
  return dtype === "float32" ? FORMAT_BYTES[dtype] : null;
}

function namedModel(raw: RawConfig, folder: string): ResolvedModel {
  if (typeof raw.model === "string") {
    const architecture = architectures[raw.model]!;
    requireFullAttention(["model"], architecture);
    return { architecture, spec: models[raw.model]! };
  }
  const model = raw.model!;
  if ("hfConfig" in model) {
    const architecture = readHuggingFaceConfig(model.hfConfig, folder);
    requireFullAttention(["model", "hfConfig"], architecture);
    return { architecture, spec: modelSpecOf(architecture) };
  }
  const spec = writtenModel(model, raw.maxModelLen);
  return { spec, architecture: architectureOfSpec(spec) };
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
