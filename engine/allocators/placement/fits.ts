import { HolePlacement } from "./hole-placement";

/** The lowest hole that is large enough. */
@final
export class FirstFit extends HolePlacement {
  protected choose(size: i32): i32 {
    return this.holes.firstAtLeast(size, 0);
  }
}

/** The smallest hole that is large enough, the lowest among equals. */
@final
export class BestFit extends HolePlacement {
  protected choose(size: i32): i32 {
    return this.holes.tightest(size);
  }
}

/** The largest hole, the lowest among equals. */
@final
export class WorstFit extends HolePlacement {
  protected choose(size: i32): i32 {
    return this.holes.largest() < size ? -1 : this.holes.roomiest();
  }
}

/** The first hole that is large enough and starts at or after the end of the last placement, wrapping around. */
@final
export class NextFit extends HolePlacement {
  protected choose(size: i32): i32 {
    const holes = this.holes;
    const hole = holes.firstAtLeast(size, holes.firstFrom(this.lastEnd));
    return hole >= 0 ? hole : holes.firstAtLeast(size, 0);
  }
}
