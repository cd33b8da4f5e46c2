// A pool of which nothing is held, nor ever will be.
import { FreeUnits } from "./engine/allocators/free-units";
import { Layout } from "./engine/allocators/layout";
import { Pool } from "./engine/allocators/pool";

class AllFree extends FreeUnits {}

class EmptyPool extends Pool {
  constructor(slots: i32) {
    super(new AllFree(slots), 1);
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

  describe(_layout: Layout): void {}
}
