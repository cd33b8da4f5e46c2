import { z } from "zod";
import { MOST_SLOTS } from "../../request.ts";
import { findGpu } from "../catalog/find-gpu.ts";
import { gpus, models } from "../catalog/index.ts";
import { unknownName } from "../explain.ts";
import { either, isObject, refuse, size, text } from "./fields.ts";

/** The longest context that the exact sums of squares of a batch have room for. */
const LONGEST_CONTEXT = 10_000_000;

const count = z.int().min(1).max(1_000_000);

const modelName = z
  .enum(Object.keys(models) as [string, ...string[]])
  .describe("a model of the catalogue (`kvsim list models`)");

const modelOfFile = z
  .strictObject({
    hfConfig: z
      .string()
      .min(1)
      .describe("path of a Hugging Face config.json, relative to this file"),
  })
  .describe("a model as its own config.json describes it");

/** A model written out. */
const modelSpec = z
  .strictObject({
    name: text("name in reports").default("custom"),
    layers: count.describe("transformer layers"),
    heads: count.optional().describe("query heads; default kvHeads"),
    kvHeads: count.describe("key and value heads"),
    headDim: count.describe("elements of a head"),
    hidden: count.optional().describe("hidden size; default heads · headDim"),
    parameters: z
      .number()
      .gt(0)
      .optional()
      .describe("parameters; default 12 · layers · hidden² + vocabulary · hidden"),
    activeParameters: z
      .number()
      .gt(0)
      .optional()
      .describe("parameters used per token (mixture of experts); default all"),
    vocabulary: z.int().min(1).default(32_000).describe("size of the vocabulary"),
    maxModelLen: z
      .int()
      .min(1)
      .max(LONGEST_CONTEXT)
      .optional()
      .describe("longest context in tokens; default the top-level maxModelLen"),
    latentElements: count
      .optional()
      .describe("multi-head latent attention: elements cached per token and layer"),
  })
  .describe("a model written out");

/** A model given by its sizes, instead of a name of the catalogue or a `config.json`. */
export type RawModel = z.output<typeof modelSpec>;
type ModelField = string | { hfConfig: string } | RawModel;

/** `model`. */
export const modelField = either<ModelField>(
  "the model: a name of the catalogue, {hfConfig: path}, or its sizes",
  [modelName, modelOfFile, modelSpec],
  (value) => {
    if (!isObject(value)) return modelName;
    return "hfConfig" in value ? modelOfFile : modelSpec;
  },
);

const gpuName = z
  .string()
  .transform((name, context) => {
    const found = findGpu(name);
    if (found !== null) return found.name;
    refuse(context, name, unknownName("GPU", name, Object.keys(gpus)));
    return z.NEVER;
  })
  .meta({
    description:
      "a GPU of the catalogue (`kvsim list gpus`), or as people write it; a100 alone is the one of 80 GB",
    examples: Object.keys(gpus),
  });

const gpuSpec = z
  .strictObject({
    name: text("name in reports").default("custom"),
    memoryGiB: z.number().gt(0).max(1e6).describe("memory as the driver reports it, GiB"),
    bandwidthGBps: z.number().gt(0).max(1e6).describe("memory bandwidth, 10^9 bytes per second"),
    tflops: z
      .number()
      .gt(0)
      .max(1e6)
      .describe("dense 16-bit arithmetic, 10^12 operations per second"),
  })
  .describe("a GPU written out");

/** `gpu`. */
export const gpuField = either<string | z.output<typeof gpuSpec>>(
  "the GPU: a name of the catalogue, or its figures; default a100-80gb where the step times need one; without a GPU, copies inside it cost nothing",
  [gpuName, gpuSpec],
  (value) => (isObject(value) ? gpuSpec : gpuName),
);

/** Keys of `memory`, each of which says how large the pool is. */
export const POOL_SIZES = ["kvPool", "slots", "utilization"];

/** `memory`. */
export const memoryField = z
  .strictObject({
    kvPool: size(
      "memory for KV over all GPUs of the replica, such as 12GiB; floor(kvPool / bytes per token) slots",
    )
      .refine((bytes) => bytes > 0, "expected a size > 0")
      .optional(),
    slots: z
      .int()
      .min(1)
      .max(MOST_SLOTS)
      .optional()
      .describe("size of the pool in slots (tokens) instead"),
    utilization: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        "part of each GPU that may be used, such as 0.9: the pool is what model and gpu leave of it",
      ),
  })
  .superRefine((memory, context) => {
    const given = Object.keys(memory);
    if (given.length !== 1)
      refuse(
        context,
        memory,
        `expected one of ${POOL_SIZES.join(", ")}, got ${given.join(" and ") || "none"}`,
      );
  })
  .describe("the KV pool: one of kvPool, slots and utilization");

/** `maxModelLen`. */
export const maxModelLenField = z
  .int()
  .min(1)
  .max(LONGEST_CONTEXT)
  .describe("most tokens of a sequence, prompt and output; default the model's own");

/** Bytes of one element of each number format. */
export const FORMAT_BYTES = {
  float32: 4,
  bfloat16: 2,
  float16: 2,
  fp8: 1,
  int8: 1,
  int4: 0.5,
} as const;

/** `dtype` and `kvDtype`. */
export const dtypeField = z
  .enum(["float32", "bfloat16", "float16", "fp8", "int8", "int4"])
  .describe("number format of the weights; default the model's own");

/** `kvDtype`: decides the bytes of a token, and so the slots of a pool given in bytes. */
export const kvDtypeField = z
  .enum(["float32", "bfloat16", "float16", "fp8", "int8"])
  .describe("number format of the KV cache; default the model's own");

/** A GPU count of the replica, 1 … 1024; each use says which kind. */
export const parallelField = z.int().min(1).max(1024).default(1);
