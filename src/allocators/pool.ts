import type { SequenceId, Slots } from "../request.ts";

/** Counters of a pool: `free` + `held` + `unusable` = `slots`. */
export interface PoolUsage {
  readonly slots: Slots;
  readonly free: Slots;
  /** Slots in use, a shared one counted once. */
  readonly held: Slots;
  /** Slots that can never be handed out: a tail shorter than a block. */
  readonly unusable: Slots;
  readonly largestHole: Slots;
  /** Free slots that hold content which a request could still hit; 0 without a prefix cache. */
  readonly cached: Slots;
}

/** What one sequence holds: its own view, before sharing is taken out. */
export interface SequenceHolding {
  /** Slots its table reaches. */
  readonly held: Slots;
  /** Slots of them that were asked for; the rest is the allocator's rounding. */
  readonly asked: Slots;
  /** Leading slots that its group's sequences have in common, counted once for the group. */
  readonly shared: Slots;
}

/** A run of `count` cells from `start`. */
export interface Extent {
  readonly start: number;
  readonly count: number;
}

/** Extents in columns, which may be longer than the list: number i < `length` is a run of `counts[i]` cells from `starts[i]`. */
export interface Extents {
  readonly length: number;
  readonly starts: Int32Array;
  /** Null where each is a single cell. */
  readonly counts: Int32Array | null;
}

/** Tables in columns: number i < `count` is that of `sequences[i]`, and has extents `offsets[i]` to before `offsets[i + 1]` in token order. */
export interface Tables {
  readonly count: number;
  readonly sequences: Int32Array;
  readonly offsets: Int32Array;
  readonly extents: Extents;
}

/** Who has which cells of a pool. */
export interface PoolLayout {
  readonly cells: number;
  readonly tables: Tables;
  /** Free cells; adjacent free extents are one extent unless the allocator keeps single cells (paged) or buddies. */
  readonly free: Extents;
}

/** The whole pool, for tests and `--paranoid`; the next operation or inspection may overwrite it. O(pool) to make. */
export interface Layout extends PoolLayout {
  /** Slots of one cell: the block size; 1 for contiguous allocators. */
  readonly cellSlots: Slots;
  /** Which adjacent free extents must be one: any neighbours, or the two halves of a block; absent with single cells. */
  readonly merges?: "neighbours" | "buddies";
  /** Owners of each cell by the allocator's own count; null where a cell has at most one owner. */
  readonly referenceCounts: Int32Array | null;
  /** The CPU pool, with the tables that were swapped out; null without one. */
  readonly cpu: PoolLayout | null;
}

/** A pool as checks see it. */
export interface Pool {
  readonly usage: PoolUsage;
  /** Slots that a sequence is given at a time as it decodes on; 0 where it is given all at admission. */
  readonly growthSlots: Slots;
  /** Null for a sequence that holds nothing on the GPU. */
  holding(sequence: SequenceId): SequenceHolding | null;
  inspect(): Layout;
}
