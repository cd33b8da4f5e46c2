import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import type { Placement } from "./placement.ts";

/** The largest hole, the lowest among equals. */
export function worstFit(slots: Slots): Placement {
  return new HolePlacement(slots, (holes, size) => (holes.largest < size ? -1 : holes.roomiest));
}
