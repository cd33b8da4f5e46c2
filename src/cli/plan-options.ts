import type { Architecture, Quantization, WeightFormat } from "../config/catalog/architecture.ts";
import { findGpu } from "../config/catalog/find-gpu.ts";
import { nearestModel } from "../config/catalog/find-model.ts";
import { architectures, catalogueModels, gpus } from "../config/catalog/index.ts";
import { holdsGguf, quantizationInName } from "../config/catalog/quantization-in-name.ts";
import type { GpuSpec } from "../config/catalog/specs.ts";
import { unknownName } from "../config/explain.ts";
import {
  quantizationFor,
  quantizations,
  tellsNoBits,
} from "../config/hugging-face/quantization.ts";
import { alternatives, ConfigProblem, shown } from "../config/problem.ts";
import { readHuggingFaceConfig } from "../config/resolve/hugging-face.ts";
import { defaultEngine, type Release, releaseOf, version } from "../planner/release.ts";
import type { PlanOptions } from "../planner/settings.ts";
import { readCount } from "../planner/vllm-command.ts";
import { MOST_BLOCK_SLOTS } from "../request.ts";
import { CommandError } from "./exit.ts";

/** The options of `kvsim plan` as they were written. */
export interface PlanArguments {
  readonly model?: string | undefined;
  readonly hfConfig?: string | undefined;
  readonly gpu?: string | undefined;
  readonly tp?: string | undefined;
  readonly pp?: string | undefined;
  readonly dtype?: string | undefined;
  readonly quantization?: string | undefined;
  readonly kvDtype?: string | undefined;
  readonly maxModelLen?: string | undefined;
  readonly maxNumSeqs?: string | undefined;
  readonly maxBatchedTokens?: string | undefined;
  readonly utilization?: string | undefined;
  readonly blockSize?: string | undefined;
  readonly engine?: string | undefined;
  readonly draftLayers?: string | undefined;
  readonly concurrency?: string | undefined;
  readonly context?: string | undefined;
  readonly vllm?: string | undefined;
  readonly json: boolean;
}

/** The model of `--model` or `--hf-config`. Throws {@link CommandError}. */
export function readModel({ model, hfConfig }: PlanArguments): Architecture {
  if (model !== undefined && hfConfig !== undefined)
    throw new CommandError("expected one of --model and --hf-config, got both");
  if (hfConfig !== undefined) return readModelFile(hfConfig);
  if (model === undefined) throw new CommandError("expected --model, --hf-config or --vllm");
  return modelAs(model, knownModel(model));
}

/** A model of the catalogue, quantized as the name that it was taken for says. */
export function modelAs(written: string, name: string): Architecture {
  const architecture = architectures[name]!;
  const quantization = quantizationInName(written);
  return quantization === undefined ? architecture : { ...architecture, quantization };
}

/** The catalogue's name of a model. Throws {@link CommandError} for what would be taken for another. */
function knownModel(model: string): string {
  const nearest = nearestModel(model);
  const names = catalogueModels.map(({ name }) => name);
  if (nearest === null)
    throw new CommandError(
      `--model: ${unknownName("model", model, names)}; or give its config.json with --hf-config`,
    );
  if (nearest.differs !== null)
    throw new CommandError(
      `--model: unknown model ${shown(model)}: the nearest, ${nearest.name}, is not ${shown(nearest.differs)}; ` +
        "give its config.json with --hf-config",
    );
  if (holdsGguf(model))
    throw new CommandError(
      `--model: expected weights of one format, got ${shown(model)}, whose files are of several; ` +
        `say --model ${nearest.name} with the nearest --quantization`,
    );
  return nearest.name;
}

function readModelFile(file: string): Architecture {
  try {
    return readHuggingFaceConfig(file, ".", []);
  } catch (error) {
    if (error instanceof ConfigProblem) throw new CommandError(`--hf-config: ${error.text}`);
    throw error;
  }
}

/** The GPU of `--gpu`; null without one. Throws {@link CommandError}. */
export function readGpu({ gpu }: PlanArguments): GpuSpec | null {
  if (gpu === undefined) return null;
  const found = findGpu(gpu);
  if (found === null)
    throw new CommandError(`--gpu: ${unknownName("GPU", gpu, Object.keys(gpus))}`);
  return found;
}

/** `vllm-v0`, `vllm-v1`, or a release such as `vllm-0.2.4`; V1 by default. */
export function readRelease(engine = "vllm-v1"): Release {
  if (engine === "vllm-v0" || engine === "vllm-v1") return releaseOf(engine, null);
  const [, minor, patch] = /^vllm-v?0\.(\d{1,2})(?:\.(\d{1,2}))?$/.exec(engine) ?? [];
  if (minor === undefined)
    throw new CommandError(
      `--engine: expected vllm-v0, vllm-v1 or a release such as vllm-0.9.1, got ${shown(engine)}`,
    );
  const release = version(0, Number(minor), Number(patch ?? 0));
  return releaseOf(defaultEngine(release), release);
}

const WEIGHT_FORMATS: Readonly<Record<string, WeightFormat | undefined>> = {
  auto: undefined,
  half: "float16",
  float16: "float16",
  bfloat16: "bfloat16",
  float: "float32",
  float32: "float32",
};

const KV_BYTES: Readonly<Record<string, number | undefined>> = {
  auto: undefined,
  fp8: 1,
  fp8_e4m3: 1,
  fp8_e5m2: 1,
  int8: 1,
  float16: 2,
  bfloat16: 2,
  float32: 4,
};

/** Every option that changes the plan. Throws {@link CommandError}, one line that names the option. */
export function readPlanOptions(given: PlanArguments, architecture: Architecture): PlanOptions {
  return {
    tensorParallel: count("--tp", given.tp, 1),
    pipelineParallel: count("--pp", given.pp, 1),
    weightFormat: choice("--dtype", given.dtype, WEIGHT_FORMATS),
    quantization: readQuantization(given, architecture),
    kvBytesPerElement: choice("--kv-dtype", given.kvDtype, KV_BYTES),
    maxModelLen: count("--max-model-len", given.maxModelLen, 1),
    maxSequences: count("--max-num-seqs", given.maxNumSeqs, 1, MOST_SEQUENCES),
    maxBatchedTokens: count("--max-batched-tokens", given.maxBatchedTokens, 1, MOST_TOKENS),
    utilization: fraction("--utilization", given.utilization),
    blockSize: count("--block-size", given.blockSize, 1, MOST_BLOCK_SLOTS),
    draftLayers: count("--draft-layers", given.draftLayers, 0, MOST_LAYERS),
  };
}

function readQuantization(
  { quantization: name, hfConfig }: PlanArguments,
  { name: model, quantization: own }: Architecture,
): Quantization | undefined {
  // A config.json says all that this flag could; it may quantize no weights, but the cache.
  if (name === undefined || (name === "compressed-tensors" && hfConfig !== undefined))
    return undefined;
  const found = quantizationFor(name, own);
  if (found !== null) return found;
  const known = Object.keys(quantizations);
  if (!tellsNoBits(name))
    throw new CommandError(`--quantization: ${unknownName("method", name, known)}`);
  throw new CommandError(
    `--quantization: expected ${alternatives(known)}, got ${shown(name)}, which does not tell the bits of ${model}`,
  );
}

/** More than any server takes at a time: a plan for them would only say that no GPU has the memory. */
const MOST_SEQUENCES = 2 ** 16;
const MOST_TOKENS = 2 ** 20;
/** Draft models have one layer, or a few. */
const MOST_LAYERS = 1000;

/** More of anything else that is counted here than any machine has. */
const MOST = 1e12;

/** A count as vLLM reads it (`32k`); undefined where the option is not given. Throws {@link CommandError}. */
export function count(
  option: string,
  text: string | undefined,
  least: number,
  most = MOST,
): number | undefined {
  if (text === undefined) return undefined;
  const value = readCount(text);
  if (value !== null && value >= least && value <= most) return value;
  const bound = value !== null && value > most ? `≤ ${most}` : `≥ ${least}`;
  throw new CommandError(`${option}: expected an integer ${bound}, got ${shown(text)}`);
}

function fraction(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 1) return value;
  throw new CommandError(`${option}: expected a number > 0 and ≤ 1, got ${shown(text)}`);
}

function choice<T>(
  option: string,
  text: string | undefined,
  choices: Readonly<Record<string, T>>,
): T | undefined {
  if (text === undefined) return undefined;
  if (Object.hasOwn(choices, text)) return choices[text];
  const known = alternatives(Object.keys(choices));
  throw new CommandError(`${option}: expected ${known}, got ${shown(text)}`);
}
