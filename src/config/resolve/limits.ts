import { kvCaches } from "../../allocators/index.ts";
import { MOST_CACHED_BLOCKS, MOST_SLOTS, type Slots } from "../../request.ts";
import type { PoolConfig, SetupConfig } from "../config.ts";
import { type ConfigPath, ConfigProblem } from "../problem.ts";

/** The slots that a setting makes. Throws {@link ConfigProblem} for more than the engine can address. */
export function limitedSlots(path: ConfigPath, slots: Slots): Slots {
  if (slots <= MOST_SLOTS) return slots;
  const text = `that is ${slots} slots; at most ${MOST_SLOTS} can be simulated`;
  throw new ConfigProblem(path, text);
}

/** The largest pool that a setup can be given: a cache has at most so many blocks. */
export function mostSlotsOf({ strategy, options }: SetupConfig): Slots {
  if (!(strategy in kvCaches)) return MOST_SLOTS;
  return Math.min(MOST_SLOTS, MOST_CACHED_BLOCKS * Number(options["blockSize"]));
}

/** Throws {@link ConfigProblem} for a cache of more blocks than the engine can address. */
export function checkBlocks(setups: readonly SetupConfig[], { slots }: PoolConfig): void {
  const index = setups.findIndex((setup) => slots > mostSlotsOf(setup));
  if (index < 0) return;
  const text =
    `a pool of ${slots} slots has too many such blocks; at most ${MOST_CACHED_BLOCKS} can be simulated, ` +
    `so expected at least ${Math.ceil(slots / MOST_CACHED_BLOCKS)}, got ${setups[index]!.options["blockSize"]}`;
  throw new ConfigProblem(["allocators", index, "blockSize"], text);
}
