import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import type { Placement } from "./placement.ts";

/** The first hole that is large enough and starts at or after the end of the last placement, wrapping around. */
export function nextFit(slots: Slots): Placement {
  return new HolePlacement(slots, (holes, size, lastEnd) => {
    const hole = holes.firstAtLeast(size, holes.firstFrom(lastEnd));
    return hole >= 0 ? hole : holes.firstAtLeast(size, 0);
  });
}
