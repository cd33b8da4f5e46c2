import { Layout } from "./layout";

/** A pool as metrics and checks see it: src/allocators/pool.ts, Pool. */
export abstract class Pool {
  /** Slots of the whole pool. */
  slots: i32 = 0;
  /** Slots that can never be handed out: a tail shorter than a block. */
  unusable: i32 = 0;
  /** Slots that a sequence is given at a time as it decodes on; 0 where the scheduler tells of all that a sequence is given. */
  growthSlots: i32 = 0;

  /** Whether a sequence holds anything on the GPU: only of one that does may be asked what. */
  abstract holds(sequence: i32): bool;
  /** Slots that its table reaches. */
  abstract held(sequence: i32): i32;
  /** Slots of them that were asked for; the rest is the allocator's rounding. */
  abstract asked(sequence: i32): i32;
  /** Leading slots that its group's sequences have in common, counted once for the group. */
  abstract shared(sequence: i32): i32;

  abstract freeSlots(): i32;
  /** Slots of the largest piece that is free. */
  abstract largestHole(): i32;

  /** Free slots that hold content which a request could still hit. */
  cachedSlots(): i32 {
    return 0;
  }

  /** Writes down the whole pool, for tests and `--paranoid`. O(pool). */
  abstract describe(layout: Layout): void;
}
