import type { Group, Pool } from "./group.ts";
import { holdingShares } from "./shares.ts";

/** Where the slots are that running requests hold. */
export interface Occupancy {
  readonly tokenStates: number;
  readonly reserved: number;
  readonly internal: number;
  readonly rounding: number;
  /** Slots that all tables reach, and the distinct ones among them. */
  readonly reach: number;
  readonly held: number;
}

export const NOTHING_HELD: Occupancy = {
  tokenStates: 0,
  reserved: 0,
  internal: 0,
  rounding: 0,
  reach: 0,
  held: 0,
};

/** What groups hold of their pool. */
export function occupancyOf(running: readonly Group[], pool: Pool): Occupancy {
  const total = { ...NOTHING_HELD };
  for (const holding of running.flatMap((group) => pool.holdings(group))) {
    const shares = holdingShares(holding);
    total.tokenStates += shares.tokenStates;
    total.reserved += shares.reserved;
    total.internal += shares.internal;
    total.rounding += shares.rounding;
    total.held += holding.held;
  }
  for (const group of running) total.reach += pool.reach(group);
  return total;
}
