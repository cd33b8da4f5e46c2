// What tests and the bench ask of placements.
import { Layout } from "./engine/allocators/layout";
import { Placement } from "./engine/allocators/placement/placement";

export { newBestFit, newBuddy, newFirstFit, newNextFit, newWorstFit } from "./engine/exports";

export function freeSlots(placement: Placement): i32 {
  return placement.freeCount;
}

export function largestHole(placement: Placement): i32 {
  return placement.largestHole();
}

export function chunkSlots(placement: Placement, size: i32): i32 {
  return placement.chunkSlots(size);
}

export function place(placement: Placement, size: i32): i32 {
  return placement.place(size);
}

export function release(placement: Placement, address: i32, size: i32): void {
  placement.release(address, size);
}

/** The most sizes that are placed together. */
const TOGETHER: i32 = 1024;

/** What {@link placeAll} places, to be written beforehand, and where it did. */
const wanted = new StaticArray<i32>(TOGETHER);
const placed = new StaticArray<i32>(TOGETHER);

export function sizes(): StaticArray<i32> {
  return wanted;
}

export function addresses(): StaticArray<i32> {
  return placed;
}

export function placeAll(placement: Placement, count: i32): bool {
  return placement.placeAll(wanted, count, placed);
}

const layout = new Layout();

/** How many holes there are, which {@link holeStarts} and {@link holeSizes} then tell. */
export function findHoles(placement: Placement): i32 {
  layout.gpu.clear(0);
  placement.describe(layout);
  return layout.gpu.free.length;
}

export function holeStarts(): StaticArray<i32> {
  return layout.gpu.free.starts;
}

export function holeSizes(): StaticArray<i32> {
  return layout.gpu.free.counts;
}
