import { FreeUnits } from "./free-units";
import { Layout } from "./layout";

/** A pool as metrics and checks see it: src/allocators/pool.ts, Pool. */
export abstract class Pool {
  readonly units: FreeUnits;
  /** Slots of a unit. */
  readonly unitSlots: i32;
  /** Slots of the whole pool. */
  slots: i32 = 0;
  /** Slots that can never be handed out: a tail shorter than a block. */
  unusable: i32 = 0;
  /** Slots that a sequence is given at a time as it decodes on, a unit; 0 where the scheduler tells of all that a sequence is given. */
  growthSlots: i32 = 0;
  /** Whether what is free can lie in pieces, which something may be too large for. */
  hasHoles: bool = false;
  /** Whether free slots can hold content which a request could still hit. */
  keepsContent: bool = false;

  constructor(units: FreeUnits, unitSlots: i32) {
    this.units = units;
    this.unitSlots = unitSlots;
  }

  /** Whether a sequence holds anything on the GPU: only of one that does may be asked what. */
  abstract holds(sequence: i32): bool;
  /** Slots that its table reaches. */
  abstract held(sequence: i32): i32;
  /** Slots of them that were asked for; the rest is the allocator's rounding. */
  abstract asked(sequence: i32): i32;
  /** Leading slots that its group's sequences have in common, counted once for the group. */
  abstract shared(sequence: i32): i32;

  @inline
  get freeSlots(): i32 {
    return this.units.freeCount * this.unitSlots;
  }

  /** Whether so many sequences can be given {@link growthSlots} more. */
  @inline
  canGrow(sequences: i32): bool {
    return this.growthSlots === 0 || sequences <= this.units.freeCount;
  }

  /** Slots of the largest piece that is free. */
  largestHole(): i32 {
    return this.freeSlots;
  }

  /** Free slots that hold such content. */
  cachedSlots(): i32 {
    return 0;
  }

  /** Writes down the whole pool, for tests and `--paranoid`. O(pool). */
  abstract describe(layout: Layout): void;
}
