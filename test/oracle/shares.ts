import type { Slots, Tokens } from "../../src/request.ts";

/** What one live sequence, or the part that several share, holds of the pool. */
export interface Holding {
  /** h: slots it occupies. */
  readonly held: Slots;
  /** r ≤ h: slots that were asked for (paged: r = h). */
  readonly asked: Slots;
  /** c: tokens whose KV is written, counting iterations that have ended. */
  readonly computed: Tokens;
  /** f ≥ c: tokens it will have written when it ends. */
  readonly final: Tokens;
}

/** Where the slots of a holding are; the four add up to its `held`. */
export interface HoldingShares {
  readonly tokenStates: Slots;
  readonly reserved: Slots;
  readonly internal: Slots;
  readonly rounding: Slots;
}

/**
 * The waste table: reserved and internal fragmentation as the PagedAttention paper defines them (Kwon et al., SOSP'23,
 * §3.1), with the allocator's own rounding told apart. The engine counts the same, part by part (engine/metrics/ledger.ts).
 */
export function holdingShares({ held, asked, computed, final }: Holding): HoldingShares {
  const written = computed < final ? final : computed;
  // Of what was asked for, what holds a token state now or will.
  const useful = asked < written ? asked : written;
  return {
    tokenStates: computed,
    reserved: useful - computed,
    internal: asked - useful,
    rounding: held - asked,
  };
}

/** Why free slots are free. */
export type FreeShare = "external" | "remainder" | "idle";
