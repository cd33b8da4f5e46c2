// What is asked of a pool: by checks while it is used, and where a run ends.
import { Layout } from "../allocators/layout";
import { Pool } from "../allocators/pool";

export function freeSlots(pool: Pool): i32 {
  return pool.freeSlots;
}

export function unusableSlots(pool: Pool): i32 {
  return pool.unusable;
}

export function growthSlots(pool: Pool): i32 {
  return pool.growthSlots;
}

export function newLayout(): Layout {
  return new Layout();
}

/** Where a pool is described, by src/allocators/engine-pool.ts; good until the next description. */
export function describe(pool: Pool, layout: Layout): StaticArray<usize> {
  pool.describe(layout);
  return layout.address();
}

export function allSlots(pool: Pool): i32 {
  return pool.slots;
}

export function largestHole(pool: Pool): i32 {
  return pool.largestHole();
}

export function cachedSlots(pool: Pool): i32 {
  return pool.cachedSlots();
}

export function holds(pool: Pool, sequence: i32): i32 {
  return pool.holds(sequence) ? 1 : 0;
}

export function held(pool: Pool, sequence: i32): i32 {
  return pool.held(sequence);
}

export function asked(pool: Pool, sequence: i32): i32 {
  return pool.asked(sequence);
}

export function shared(pool: Pool, sequence: i32): i32 {
  return pool.shared(sequence);
}
