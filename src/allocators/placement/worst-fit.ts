import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import { HolesByAddress } from "./holes-by-address.ts";
import type { Placement } from "./placement.ts";

/** The largest hole, the lowest among equals. */
export function worstFit(slots: Slots): Placement {
  const holes = new HolesByAddress(slots);
  return new HolePlacement(slots, holes, (size) =>
    holes.firstAtLeast(Math.max(size, holes.largest), 0),
  );
}
