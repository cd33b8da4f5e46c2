// A pool of which nothing is held, nor ever will be.
import { Layout } from "./engine/allocators/layout";
import { Pool } from "./engine/allocators/pool";

class EmptyPool extends Pool {
  constructor(slots: i32) {
    super();
    this.slots = slots;
  }

  holds(_sequence: i32): bool {
    return false;
  }

  held(_sequence: i32): i32 {
    return 0;
  }

  asked(_sequence: i32): i32 {
    return 0;
  }

  shared(_sequence: i32): i32 {
    return 0;
  }

  freeSlots(): i32 {
    return this.slots;
  }

  largestHole(): i32 {
    return this.slots;
  }

  describe(_layout: Layout): void {}
}
