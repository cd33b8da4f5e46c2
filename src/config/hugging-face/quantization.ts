import type { LayerPart, Quantization, QuantizedFormat } from "../catalog/architecture.ts";
import { ConfigProblem, shown } from "../problem.ts";
import { isObject } from "../schema/fields.ts";
import type { HuggingFaceConfig } from "./keys.ts";
import { layerParts, partsNamed } from "./layer-parts.ts";

/** GPTQ and AWQ checkpoints: 4 bits, a scale for 128 weights, unless they say otherwise. */
const USUAL_BITS = 4;
const USUAL_GROUP = 128;

/** A method as a user or a model's name gives it, with its usual settings. */
export const quantizations = {
  gptq: { method: "gptq", bits: USUAL_BITS, groupSize: USUAL_GROUP },
  awq: { method: "awq", bits: USUAL_BITS, groupSize: USUAL_GROUP },
  fp8: { method: "fp8", bits: 8, groupSize: null },
  int8: { method: "int8", bits: 8, groupSize: null },
  experts_int8: {
    method: "int8",
    bits: 8,
    groupSize: null,
    parts: { attention: null, feedForward: null },
  },
  bitsandbytes: { method: "bitsandbytes", bits: USUAL_BITS, groupSize: null },
  nvfp4: { method: "nvfp4", bits: USUAL_BITS, groupSize: 16 },
  mxfp4: { method: "mxfp4", bits: USUAL_BITS, groupSize: 32 },
} satisfies Readonly<Record<string, Quantization>>;

type MethodName = keyof typeof quantizations;

/** Names that vLLM has for kernels, and the methods whose checkpoints they read, the most usual first. */
const KERNELS: Readonly<Record<string, readonly MethodName[]>> = {
  gptq_marlin: ["gptq"],
  gptq_marlin_24: ["gptq"],
  marlin: ["gptq"],
  awq_marlin: ["awq"],
  moe_wna16: ["gptq", "awq"],
  inc: ["gptq"],
  auto_round: ["gptq"],
  "auto-round": ["gptq"],
  fbgemm_fp8: ["fp8"],
  ptpc_fp8: ["fp8"],
  w8a8: ["int8"],
  bnb: ["bitsandbytes"],
  "bitsandbytes-4bit": ["bitsandbytes"],
  modelopt: ["fp8", "nvfp4"],
  modelopt_fp4: ["nvfp4"],
};

/** The method's usual settings; null for a name that is not known. */
export function quantizationNamed(name: string): Quantization | null {
  const [method] = methodsOf(name);
  return method === undefined ? null : quantizations[method];
}

function methodsOf(name: string): readonly MethodName[] {
  if (Object.hasOwn(quantizations, name)) return [name as MethodName];
  return Object.hasOwn(KERNELS, name) ? KERNELS[name]! : [];
}

/**
 * What vLLM's `--quantization` makes of a checkpoint. It picks a kernel: bits and groups are the checkpoint's where that
 * kernel reads its method, and always for compressed-tensors. Null for a name that does not tell them.
 */
export function quantizationFor(name: string, own: Quantization | null): Quantization | null {
  if (name === "compressed-tensors") return own;
  const isOwn = own !== null && methodsOf(name).some((method) => method === own.method);
  return isOwn ? own : quantizationNamed(name);
}

/** Methods of vLLM whose bits stand in the checkpoint alone; but for the first, in words that are not read here. */
const UNTOLD = ["compressed-tensors", "gguf", "torchao", "quark", "hqq", "aqlm"];

/** Whether a method of vLLM is known to say nothing of its bits. */
export function tellsNoBits(name: string): boolean {
  return UNTOLD.includes(name);
}

type QuantizationKeys = NonNullable<HuggingFaceConfig["quantization_config"]>;

/** `quantization_config` of a config.json; null where it quantizes no weights. Throws {@link ConfigProblem} for a method that is not known. */
export function readQuantization(config: QuantizationKeys | null): Quantization | null {
  if (config === null || config.quant_method === undefined) return null;
  const quantization = formatOf(config.quant_method, config);
  const left = partsNamed(
    [
      config.ignore,
      config.ignored_layers,
      config.modules_to_not_convert,
      config.llm_int8_skip_modules,
    ].flatMap((modules) => modules ?? []),
  );
  if (quantization === null || left.length === layerParts.length) return null;
  const plain = left.map((part) => [part, null] as const);
  return withParts(quantization, plain);
}

function withParts(
  quantization: Quantization,
  parts: readonly (readonly [LayerPart, QuantizedFormat | null])[],
): Quantization {
  if (parts.length === 0) return quantization;
  return { ...quantization, parts: { ...quantization.parts, ...Object.fromEntries(parts) } };
}

function formatOf(name: string, config: QuantizationKeys): Quantization | null {
  if (name === "compressed-tensors") return compressedTensors(config);
  if (name === "modelopt") return modelOpt(config);
  const usual = quantizationNamed(name);
  if (usual === null) {
    const known = Object.keys(quantizations).join(", ");
    const what = tellsNoBits(name) ? "bytes of a weight are not known for" : "unknown quantization";
    const text = `${what} ${shown(name)} (known: ${known}, modelopt, compressed-tensors)`;
    throw new ConfigProblem(["quantization_config", "quant_method"], text);
  }
  if (usual.method === "bitsandbytes") return bitsandbytes(usual, config);
  const group = config.group_size;
  return {
    ...usual,
    bits: config.bits ?? usual.bits,
    groupSize: group === undefined || group === null ? usual.groupSize : group > 0 ? group : null,
  };
}

/** Without double quantization, a block of 64 weights has a scale of its own. */
function bitsandbytes(usual: Quantization, config: QuantizationKeys): Quantization {
  if (config.load_in_8bit) return { ...usual, bits: 8 };
  return config.bnb_4bit_use_double_quant === false ? { ...usual, groupSize: 64 } : usual;
}

/** NVIDIA's checkpoints: their algorithm tells the format. */
function modelOpt({ quant_algo: algorithm }: QuantizationKeys): Quantization {
  if (algorithm?.startsWith("FP8")) return quantizations.fp8;
  if (algorithm?.includes("NVFP4")) return quantizations.nvfp4;
  const text = `expected FP8 or NVFP4, got ${shown(algorithm)}`;
  throw new ConfigProblem(["quantization_config", "quant_algo"], text);
}

/**
 * compressed-tensors: groups of layers, each of a format of its own. One that is of no part in particular is the rest's;
 * where there is none, the rest is not quantized.
 */
function compressedTensors(config: QuantizationKeys): Quantization | null {
  const groups = Object.values(config.config_groups ?? {}).flatMap(({ weights, targets }) =>
    isObject(weights)
      ? [{ format: weightFormat(weights), parts: partsNamed(targets ?? []), targets }]
      : [],
  );
  if (groups.length === 0) return null;
  const general = groups.filter(({ parts }) => parts.length === 0);
  const rest = general.find(({ targets }) => targets?.includes("Linear")) ?? widest(general);
  const told = groups.flatMap(({ parts, format }) => parts.map((part) => [part, format] as const));
  if (rest !== null) return withParts(rest.format, told);
  const plain = layerParts.map((part) => [part, null] as const);
  return withParts(widest(groups)!.format, [...plain, ...told]);
}

/** Which group a layer is of is not always told: the one with the most bits takes no less than it will. */
function widest<T extends { readonly format: QuantizedFormat }>(groups: readonly T[]): T | null {
  const byBits = groups.toSorted((a, b) => b.format.bits - a.format.bits);
  return byBits[0] ?? null;
}

function weightFormat(weights: Readonly<Record<string, unknown>>): QuantizedFormat {
  const { num_bits: bits, type, group_size: group } = weights;
  const groupSize = typeof group === "number" && group > 0 ? group : null;
  if (bits === 8) return { method: type === "int" ? "int8" : "fp8", bits: 8, groupSize };
  if (bits === 4 && type === "float")
    return { method: groupSize === 32 ? "mxfp4" : "nvfp4", bits, groupSize: groupSize ?? 16 };
  return { method: "gptq", bits: typeof bits === "number" ? bits : USUAL_BITS, groupSize };
}

/** Whether vLLM caches in fp8 for a checkpoint unless told otherwise: it has scales for keys and values. */
export function asksForFp8Cache(config: QuantizationKeys | null): boolean {
  if (config === null) return false;
  const { quant_method: method, kv_cache_scheme: scheme, kv_cache_quant_algo: algorithm } = config;
  const isEightBit = isObject(scheme) && scheme["num_bits"] === 8;
  if (method === "compressed-tensors") return isEightBit;
  return method?.startsWith("modelopt") === true && (isEightBit || algorithm === "FP8");
}
