import { strategies } from "../allocators/index.ts";
import { placements } from "../allocators/placements.ts";
import { datasets } from "../config/catalog/datasets/index.ts";
import { gpus, latencyPresets, models } from "../config/catalog/index.ts";
import type { GpuSpec, ModelSpec } from "../config/catalog/specs.ts";
import { bytesPerToken } from "../config/resolve/model.ts";
import { fixed } from "../report/format.ts";
import { schedulers } from "../schedulers.ts";
import { traceFormats } from "../workload/trace/index.ts";

/** One thing that a config may name. */
export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
}

function summaries(registry: Readonly<Record<string, { readonly summary: string }>>) {
  return () => Object.entries(registry).map(([name, { summary }]) => ({ name, summary }));
}

/** What `kvsim list` can show, by topic. */
export const catalogue: Readonly<Record<string, () => CatalogueEntry[]>> = {
  allocators: () =>
    Object.values(strategies).map(({ strategy, summary, options }) => ({
      name: strategy,
      summary: `${summary}; options: ${Object.keys(options.shape).join(", ")}`,
    })),
  placements: summaries(placements),
  schedulers: summaries(schedulers),
  models: () => Object.values(models).map(modelEntry),
  gpus: () => Object.values(gpus).map(gpuEntry),
  datasets: summaries(datasets),
  presets: summaries(latencyPresets),
  formats: summaries(traceFormats),
};

function modelEntry(model: ModelSpec): CatalogueEntry {
  const parts = [
    `${fixed(model.parameters / 1e9, 1)} B parameters`,
    `${fixed(bytesPerToken(model, 1), 0)} B of KV per token`,
    `${fixed(model.maxModelLen, 0)} tokens`,
  ];
  return { name: model.name, summary: parts.join(", ") };
}

function gpuEntry({ name, memoryGiB, bandwidthGBps, tflops }: GpuSpec): CatalogueEntry {
  const parts = [`${memoryGiB} GiB`, `${fixed(bandwidthGBps, 0)} GB/s`, `${tflops} TFLOP/s`];
  return { name, summary: parts.join(", ") };
}
