import type { Engine } from "../engine/engine.ts";
import type { Slots } from "../request.ts";

interface PlacementDefinition {
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** An empty range of `slots` ≥ 0 slots in the engine, by its address. */
  readonly create: (engine: Engine, slots: Slots) => number;
}

/** Every way to choose an address, by the name it has in a config (engine/allocators/placement/). */
export const placements = {
  "first-fit": {
    summary: "the lowest hole that is large enough",
    create: (engine, slots) => engine.newFirstFit(slots),
  },
  "best-fit": {
    summary: "the smallest hole that is large enough",
    create: (engine, slots) => engine.newBestFit(slots),
  },
  "next-fit": {
    summary: "the first hole that is large enough after the last placement, wrapping around",
    create: (engine, slots) => engine.newNextFit(slots),
  },
  "worst-fit": {
    summary: "the largest hole",
    create: (engine, slots) => engine.newWorstFit(slots),
  },
  buddy: {
    summary: "powers of two, split in halves and merged with their other half",
    create: (engine, slots) => engine.newBuddy(slots),
  },
} as const satisfies Record<string, PlacementDefinition>;

/** What `placement` in a config can say; follows from the registry above. */
export type PlacementName = keyof typeof placements;
