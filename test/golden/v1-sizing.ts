import type { CacheLayer } from "../../src/planner/cache-layer.ts";
import { sizeV1 } from "../../src/planner/v1-sizing.ts";
import { type Recording, type Replay, type Row, replayRows } from "./replay.ts";

interface RecordedLayers {
  readonly type: "full" | "sliding" | "mla";
  readonly count: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly window?: number;
  readonly dtype: string;
}

const SPEC_NAMES = {
  full: "FullAttentionSpec",
  sliding: "SlidingWindowSpec",
  latent: "MLAAttentionSpec",
} as const;

/** Replays a `v1-sizing` recording on the planner. */
export function replayV1Sizing(recording: Recording): Replay {
  return replayRows(recording.rows ?? [], play);
}

function play(row: Row): Row {
  const recorded = row["layers"] as RecordedLayers[];
  const sizing = sizeV1({
    layers: recorded.flatMap((layers) => new Array<CacheLayer>(layers.count).fill(layer(layers))),
    bytesPerElement: bytesOf(recorded[0]!.dtype),
    blockSize: row["blockSize"] as number,
    maxModelLen: row["maxModelLen"] as number,
    maxBatchedTokens: row["maxNumBatchedTokens"] as number,
    availableBytes: row["availableBytes"] as number,
    blocksOverride: row["numGpuBlocksOverride"] as number | null,
  });
  if ("error" in sizing) return { res: undefined, error: sizing.error };
  return {
    error: undefined,
    res: {
      numBlocks: sizing.blocks,
      groups: sizing.groups.map(({ layer: { kind }, layers, isMixed }) => [
        layers,
        isMixed === true ? "UniformTypeKVCacheSpecs" : SPEC_NAMES[kind],
      ]),
      pageSizeBytes: sizing.pageBytes,
      tensors: sizing.layersPerGroup,
      tensorBytes: sizing.tensorBytes,
      kvCacheSizeTokens: sizing.cacheTokens,
      maxConcurrency: sizing.maxConcurrency,
      printed: sizing.printed,
    },
  };
}

function layer({ type, kvHeads, headSize, window }: RecordedLayers): CacheLayer {
  if (type === "mla") return { kind: "latent", elements: headSize };
  if (type === "sliding") return { kind: "sliding", kvHeads, headDim: headSize, window: window! };
  return { kind: "full", kvHeads, headDim: headSize };
}

function bytesOf(dtype: string): number {
  if (/^(fp|float|int|uint)8/.test(dtype)) return 1;
  return dtype === "float32" || dtype === "float" ? 4 : 2;
}
