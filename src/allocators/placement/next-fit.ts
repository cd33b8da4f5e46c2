import type { Slots } from "../../request.ts";
import { HolePlacement } from "./hole-placement.ts";
import { HolesByAddress } from "./holes-by-address.ts";
import type { Placement } from "./placement.ts";

/** The first hole that is large enough and starts at or after the end of the last placement, wrapping around. */
export function nextFit(slots: Slots): Placement {
  const holes = new HolesByAddress(slots);
  return new HolePlacement(
    slots,
    holes,
    (size, lastEnd) => holes.firstAtLeast(size, lastEnd) ?? holes.firstAtLeast(size, 0),
  );
}
