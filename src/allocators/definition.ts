import type { z } from "zod";
import type { Slots, Tokens } from "../request.ts";
import type { Allocator, Swapping } from "./allocator.ts";
import type { Reservation } from "./reservation.ts";

/** What an allocator is given to work with. */
export interface PoolEnvironment {
  readonly slots: Slots;
  /** CPU pool for swapping; 0 without one. */
  readonly swapSlots: Slots;
  readonly maxModelLen: Tokens;
  /** Called with each cell handed out, in order (address of the first for a contiguous chunk): the fingerprint's source. */
  readonly onPlace: (cell: number) => void;
}

/** An allocator over an empty pool, with the abilities that scheduler and metrics must know of. */
export interface BuiltAllocator {
  readonly allocator: Allocator;
  /** Null when the strategy cannot swap. */
  readonly swapping: Swapping | null;
  /** Slots to ask for at admission; null when sequences grow on demand. */
  readonly reservation: Reservation | null;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: Slots | null;
}

/** One strategy. Config validation, `kvsim list`, the contract suite and every comparison follow from the registry of these. */
export interface AllocatorDefinition {
  readonly strategy: string;
  /** One line for `kvsim list`. */
  readonly summary: string;
  /** Strict object of the options that stand beside `strategy` in a config, each with `.describe()` and default. */
  readonly options: z.ZodObject;
  /** Whether these options reserve a sequence's whole life at admission (then `orca` and `static` can use it). */
  reserves(options: Readonly<Record<string, unknown>>): boolean;
  /** Short label for tables, e.g. `contiguous max buddy`. */
  label(options: Readonly<Record<string, unknown>>): string;
  create(options: Readonly<Record<string, unknown>>, environment: PoolEnvironment): BuiltAllocator;
  /** Option sets that the contract suite and the benchmarks run. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}
