import type { Architecture, Layer } from "../config/catalog/architecture.ts";
import { type CacheLayer, layerBytesPerToken } from "./cache-layer.ts";
import type { PlanSettings } from "./settings.ts";

/**
 * The layers of the fullest pipeline stage: vLLM deals layers out evenly, and the last stage also holds the output head
 * and the draft model. The least KV memory of all GPUs decides for all.
 */
export function stageLayers(settings: PlanSettings): readonly Layer[] {
  const { architecture, pipelineParallel, draftLayers } = settings;
  const { layers } = architecture;
  const own = layers.slice(-Math.ceil(layers.length / pipelineParallel));
  return [...own, ...new Array<Layer>(draftLayers).fill(layers.at(-1)!)];
}

/** What one GPU caches in each layer, those of a model that drafts included. */
export function stageCache(settings: PlanSettings): CacheLayer[] {
  const { tensorParallel, release, draftModel } = settings;
  return [...stageLayers(settings), ...(draftModel?.layers ?? [])].map(({ cache }): CacheLayer => {
    if (cache.kind === "latent") return cache;
    const { headDim } = cache;
    const kvHeads = headsOnGpu(cache.kvHeads, tensorParallel);
    // Without groups every layer has the same pages, whether it needs them or not.
    if (cache.kind === "sliding" && release.hybrid)
      return { kind: "sliding", kvHeads, headDim, window: cache.window };
    return { kind: "full", kvHeads, headDim };
  });
}

/** The window that every layer slides over; null where they differ, or any looks back without end. */
export function commonWindow(settings: PlanSettings): number | null {
  const windows = stageLayers(settings).map(({ cache }) =>
    cache.kind === "sliding" ? cache.window : null,
  );
  return windows.every((window) => window === windows[0]) ? windows[0]! : null;
}

/**
 * Key and value heads of a layer that so many GPUs cannot share as vLLM asks: equal parts of them, or as many copies of each. Null where
 * they can.
 */
export function unsharedHeads({ layers }: Architecture, tensorParallel: number): number | null {
  const counts = layers.map(({ cache }) => (cache.kind === "latent" ? 1 : cache.kvHeads));
  const isShared = (count: number) => count % tensorParallel === 0 || tensorParallel % count === 0;
  return counts.find((count) => !isShared(count)) ?? null;
}

/** With fewer heads than GPUs, heads are replicated. */
export function headsOnGpu(kvHeads: number, tensorParallel: number): number {
  return Math.max(1, Math.ceil(kvHeads / tensorParallel));
}

/** KV bytes of one token on one GPU, in all its layers. */
export function kvBytesPerToken(settings: PlanSettings): number {
  return stageCache(settings).reduce(
    (sum, layer) => sum + layerBytesPerToken(layer, settings.kvBytesPerElement),
    0,
  );
}
