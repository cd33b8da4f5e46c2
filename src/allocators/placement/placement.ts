import type { Slots } from "../../request.ts";
import type { Extent } from "../allocator.ts";

/** The first slot of a chunk or hole, 0 ≤ address < slots of the pool. */
export type Address = number;

/**
 * Cuts chunks out of one range of slots, at real addresses. An empty pool takes any sizes whose chunks add up to no
 * more than its slots.
 */
export interface Placement {
  /** Slots that a chunk for `size` ≥ 1 slots takes. */
  chunkSlots(size: Slots): Slots;
  /** Addresses for the sizes, placed in order, all or none: null when one does not fit, and then nothing has changed. */
  placeAll(sizes: readonly Slots[]): readonly Address[] | null;
  /** Gives back a chunk that was placed for `size` slots. */
  release(address: Address, size: Slots): void;
  readonly free: Slots;
  readonly largestHole: Slots;
  /** What adjacent free extents merge: any neighbours, or only the two halves of a block. */
  readonly merges: "neighbours" | "buddies";
  /** Free extents by address; for inspection, O(pool). */
  holes(): Extent[];
}
