import { z } from "zod";
import type { AllocatorDefinition } from "./definition.ts";
import { PagedAllocator, type PagedOptions } from "./paged-allocator.ts";
import { reservation } from "./reservation.ts";

/** Part of the blocks that admission leaves free: vLLM V0's default. */
const DEFAULT_WATERMARK = 0.01;

/** Block tables in a config: `strategy: paged`. */
export const paged: AllocatorDefinition = {
  strategy: "paged",
  summary: "fixed-size blocks through block tables, reference counts and copy-on-write (vLLM V0)",
  options: z.strictObject({
    blockSize: z.int().min(1).default(16).describe("slots of a block; 1 is token-level allocation"),
    watermark: z
      .number()
      .min(0)
      .max(1)
      .default(DEFAULT_WATERMARK)
      .describe("part of the blocks that admission leaves free"),
    reserve: z
      .enum(["none", "max"])
      .default("none")
      .describe("max holds maxModelLen for every sequence from admission on (Orca in blocks)"),
  }),
  reserves: (options) => options["reserve"] === "max",
  label: ({ blockSize, reserve }) => `paged ${blockSize}${reserve === "max" ? " reserve max" : ""}`,
  create(options, environment) {
    const { blockSize, watermark, reserve } = options as unknown as PagedOptions;
    const reserves = reserve === "max";
    const window = { windowBlocks: Number.POSITIVE_INFINITY };
    const allocator = new PagedAllocator({ blockSize, watermark, reserve, ...window }, environment);
    return {
      allocator,
      swapping: reserves ? null : allocator,
      reservation: reserves ? reservation("max", environment.maxModelLen) : null,
      blockSize,
    };
  },
  examples: [
    { blockSize: 16, watermark: 0.01, reserve: "none" },
    { blockSize: 1, watermark: 0, reserve: "none" },
    { blockSize: 5, watermark: 0.1, reserve: "none" },
    { blockSize: 16, watermark: 0, reserve: "max" },
  ],
};
