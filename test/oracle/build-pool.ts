import type { Config, SetupConfig } from "../../src/config/config.ts";
import { ContiguousPool, type PlacementName } from "./chunks.ts";
import type { Pool } from "./group.ts";
import { PagedPool } from "./pools.ts";
import { type Reserve, reservation } from "./reservation.ts";

export interface PoolInput {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen">;
}

/** The setup's allocator, built the slow way. */
export function buildPool({ setup, config }: PoolInput, onPlace: (cell: number) => void): Pool {
  const { options, preemption } = setup;
  const { maxModelLen } = config;
  const { slots } = config.pool;
  if (setup.strategy === "contiguous") {
    const placement = options["placement"] as PlacementName;
    const asked = reservation(options["reserve"] as Reserve, maxModelLen);
    return new ContiguousPool({ slots, placement, reservation: asked, onPlace });
  }
  const reserveMax = options["reserve"] === "max";
  return new PagedPool({
    slots,
    swapSlots: preemption.swapSlots,
    maxModelLen,
    blockSize: options["blockSize"] as number,
    watermark: (options["watermark"] as number | undefined) ?? (reserveMax ? 0 : 0.01),
    reserveMax,
    onPlace,
  });
}
