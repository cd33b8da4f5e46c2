import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import type { Placement } from "./placement.ts";

/** The smallest hole that is large enough, the lowest among equals. */
export function bestFit(slots: Slots): Placement {
  return new HolePlacement(slots, (holes, size) => holes.tightest(size));
}
