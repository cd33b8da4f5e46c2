import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import { HolesByAddress } from "./holes-by-address.ts";
import type { Placement } from "./placement.ts";

/** The lowest hole that is large enough. */
export function firstFit(slots: Slots): Placement {
  const holes = new HolesByAddress(slots);
  return new HolePlacement(slots, holes, (size) => holes.firstAtLeast(size, 0));
}
