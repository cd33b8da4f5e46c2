import type { Slots } from "../../request.ts";
import { bestFit } from "./best-fit.ts";
import { buddy } from "./buddy.ts";
import { firstFit } from "./first-fit.ts";
import { nextFit } from "./next-fit.ts";
import type { Placement } from "./placement.ts";
import { worstFit } from "./worst-fit.ts";

interface PlacementDefinition {
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** An empty pool of `slots` ≥ 0. */
  readonly create: (slots: Slots) => Placement;
}

/** Every way to choose an address, by the name it has in a config. */
export const placements = {
  "first-fit": { summary: "the lowest hole that is large enough", create: firstFit },
  "best-fit": { summary: "the smallest hole that is large enough", create: bestFit },
  "next-fit": {
    summary: "the first hole that is large enough after the last placement, wrapping around",
    create: nextFit,
  },
  "worst-fit": { summary: "the largest hole", create: worstFit },
  buddy: {
    summary: "powers of two, split in halves and merged with their other half",
    create: buddy,
  },
} as const satisfies Record<string, PlacementDefinition>;

/** What `placement` in a config can say; follows from the registry above. */
export type PlacementName = keyof typeof placements;
