import { z } from "zod";
import type { AllocatorDefinition } from "./definition.ts";
import { type PlacementName, placements } from "./placements.ts";

/** How much is held for a sequence for its whole life (Kwon et al., SOSP'23, §6.1), by the codes of engine/allocators/contiguous.ts. */
const RESERVES = { max: 0, pow2: 1, oracle: 2 } as const;

const options = z.strictObject({
  reserve: z
    .enum(["max", "pow2", "oracle"])
    .default("max")
    .describe(
      "slots held for each sequence: max = maxModelLen; pow2 = its prompt + its output rounded up to a power of two; oracle = what it will really write",
    ),
  placement: z
    .enum(Object.keys(placements) as PlacementName[])
    .default("buddy")
    .describe(
      `where a chunk goes: ${Object.entries(placements)
        .map(([name, { summary }]) => `${name} = ${summary}`)
        .join("; ")}`,
    ),
});

/** Pre-allocation of one contiguous chunk per sequence. */
export const contiguous: AllocatorDefinition = {
  strategy: "contiguous",
  summary: "one contiguous chunk per sequence, reserved at admission for its whole life",
  options,
  reserves: () => true,
  swaps: () => false,
  label(given) {
    const { reserve, placement } = options.parse(given);
    return `contiguous ${reserve} ${placement}`;
  },
  create(given, { engine, slots, maxModelLen, cells }) {
    const { reserve, placement } = options.parse(given);
    const range = placements[placement].create(engine, slots);
    const pool = engine.newContiguous(range, RESERVES[reserve], maxModelLen, cells);
    return { pool, blockSize: null };
  },
  examples: [
    { reserve: "max", placement: "buddy" },
    { reserve: "pow2", placement: "buddy" },
    { reserve: "oracle", placement: "buddy" },
    { reserve: "oracle", placement: "first-fit" },
    { reserve: "oracle", placement: "best-fit" },
    { reserve: "oracle", placement: "next-fit" },
    { reserve: "oracle", placement: "worst-fit" },
  ],
};
