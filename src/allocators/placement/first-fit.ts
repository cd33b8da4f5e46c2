import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import type { Placement } from "./placement.ts";

/** The lowest hole that is large enough. */
export function firstFit(slots: Slots): Placement {
  return new HolePlacement(slots, (holes, size) => holes.firstAtLeast(size, 0));
}
