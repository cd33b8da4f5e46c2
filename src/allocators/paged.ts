import { z } from "zod";
import { UNLIMITED } from "../core/unlimited.ts";
import { MOST_BLOCK_SLOTS } from "../request.ts";
import type { AllocatorDefinition } from "./definition.ts";

/** Part of the blocks that admission leaves free: vLLM V0's default. */
const DEFAULT_WATERMARK = 0.01;

const options = z.strictObject({
  blockSize: z
    .int()
    .min(1)
    .max(MOST_BLOCK_SLOTS)
    .default(16)
    .describe("slots of a block; 1 is token-level allocation"),
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
});

/** Block tables in a config: `strategy: paged`. */
export const paged: AllocatorDefinition = {
  strategy: "paged",
  summary: "fixed-size blocks through block tables, reference counts and copy-on-write (vLLM V0)",
  options,
  reserves: ({ reserve }) => reserve === "max",
  swaps: ({ reserve }) => reserve !== "max",
  label: ({ blockSize, reserve }) => `paged ${blockSize}${reserve === "max" ? " reserve max" : ""}`,
  create(given, { engine, slots, swapSlots, maxModelLen, cells }) {
    const { blockSize, watermark, reserve } = options.parse(given);
    const pool = engine.newPaged(
      slots,
      swapSlots,
      blockSize,
      Math.trunc(watermark * Math.floor(slots / blockSize)),
      reserve === "max" ? maxModelLen : 0,
      UNLIMITED,
      cells,
    );
    return { pool, blockSize };
  },
  examples: [
    { blockSize: 16, watermark: 0.01, reserve: "none" },
    { blockSize: 1, watermark: 0, reserve: "none" },
    { blockSize: 5, watermark: 0.1, reserve: "none" },
    { blockSize: 16, watermark: 0, reserve: "max" },
  ],
};
