import type { Quantization } from "../catalog/architecture.ts";
import { ConfigProblem, shown } from "../problem.ts";
import { isObject } from "../schema/fields.ts";
import type { HuggingFaceConfig } from "./keys.ts";

/** GPTQ and AWQ checkpoints: 4 bits, a scale for 128 weights, unless they say otherwise. */
const USUAL_BITS = 4;
const USUAL_GROUP = 128;

/** A method as a user or a model's name gives it, with its usual settings; names that vLLM has for kernels mean the same. */
export const quantizations: Readonly<Record<string, Quantization>> = {
  gptq: { method: "gptq", bits: USUAL_BITS, groupSize: USUAL_GROUP },
  awq: { method: "awq", bits: USUAL_BITS, groupSize: USUAL_GROUP },
  fp8: { method: "fp8", bits: 8, groupSize: null },
  int8: { method: "int8", bits: 8, groupSize: null },
  bitsandbytes: { method: "bitsandbytes", bits: USUAL_BITS, groupSize: null },
  nvfp4: { method: "nvfp4", bits: USUAL_BITS, groupSize: 16 },
  mxfp4: { method: "mxfp4", bits: USUAL_BITS, groupSize: 32 },
};

const SYNONYMS: Readonly<Record<string, string>> = {
  gptq_marlin: "gptq",
  gptq_marlin_24: "gptq",
  marlin: "gptq",
  awq_marlin: "awq",
  auto_round: "gptq",
  "auto-round": "gptq",
  fbgemm_fp8: "fp8",
  ptpc_fp8: "fp8",
  w8a8: "int8",
  bnb: "bitsandbytes",
  "bitsandbytes-4bit": "bitsandbytes",
};

/** The method's usual settings; null for a name that is not known. */
export function quantizationNamed(name: string): Quantization | null {
  const method = SYNONYMS[name] ?? name;
  return Object.hasOwn(quantizations, method) ? quantizations[method]! : null;
}

type QuantizationKeys = NonNullable<HuggingFaceConfig["quantization_config"]>;

/** `quantization_config` of a config.json. Throws {@link ConfigProblem} for a method that is not known. */
export function readQuantization(config: QuantizationKeys | null): Quantization | null {
  const name = config?.quant_method;
  if (config === null || name === undefined) return null;
  if (name === "compressed-tensors") return compressedTensors(config);
  const usual = quantizationNamed(name);
  if (usual === null) {
    const known = Object.keys(quantizations).join(", ");
    const text = `unknown quantization ${shown(name)} (known: ${known}, compressed-tensors)`;
    throw new ConfigProblem(["quantization_config", "quant_method"], text);
  }
  if (usual.method === "bitsandbytes") return { ...usual, bits: config.load_in_8bit ? 8 : 4 };
  const group = config.group_size;
  return {
    method: usual.method,
    bits: config.bits ?? usual.bits,
    groupSize: group === undefined || group === null ? usual.groupSize : group > 0 ? group : null,
  };
}

/** compressed-tensors: what its first group of layers says of weights. */
function compressedTensors(config: QuantizationKeys): Quantization {
  const weights = Object.values(config.config_groups ?? {})[0]?.weights;
  const { num_bits: bits, type, group_size: group } = isObject(weights) ? weights : {};
  const groupSize = typeof group === "number" && group > 0 ? group : null;
  if (bits === 8) return { method: type === "int" ? "int8" : "fp8", bits: 8, groupSize };
  return { method: "gptq", bits: typeof bits === "number" ? bits : USUAL_BITS, groupSize };
}
