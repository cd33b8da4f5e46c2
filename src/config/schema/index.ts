import { z } from "zod";
import { setupField } from "./allocators.ts";
import { latencyField, measureField, preemptionField, schedulerField } from "./engine.ts";
import { text } from "./fields.ts";
import {
  dtypeField,
  gpuField,
  kvDtypeField,
  maxModelLenField,
  memoryField,
  modelField,
  parallelField,
} from "./hardware.ts";
import { workloadField } from "./workload.ts";

const seed = z.int().min(0);

/** What a user may write. Every key is strict; what depends on other keys is resolved afterwards. */
export const configSchema = z
  .strictObject({
    name: text("title of the reports; default the config file's base name").optional(),
    seed: seed.optional().describe("seed of all randomness; default 42"),
    seeds: z
      .array(seed)
      .min(1)
      .refine((seeds) => new Set(seeds).size === seeds.length, "expected different seeds")
      .optional()
      .describe("several seeds instead: every allocator runs with each of them"),
    model: modelField.optional(),
    dtype: dtypeField.optional(),
    kvDtype: kvDtypeField.optional(),
    gpu: gpuField.optional(),
    tensorParallel: parallelField.describe("GPUs that share each layer; default 1"),
    pipelineParallel: parallelField.describe("stages that the layers are cut into; default 1"),
    maxModelLen: maxModelLenField.optional(),
    memory: memoryField,
    workload: workloadField,
    scheduler: schedulerField.optional(),
    preemption: preemptionField.optional(),
    latency: latencyField.optional(),
    measure: measureField.optional(),
    allocators: z.array(setupField).min(1).describe("what is compared, a run for each and seed"),
  })
  .refine((config) => config.seed === undefined || config.seeds === undefined, {
    message: "expected one of seed and seeds, got both",
    path: ["seeds"],
  })
  .describe("a kvsim config");

/** A config whose keys are valid one by one; `resolve/` tests them together and adds defaults. */
export type RawConfig = z.output<typeof configSchema>;
