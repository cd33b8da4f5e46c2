import type { RUN } from "../core/growth.ts";
import type { SequenceGroup, SequenceId, Slots, Tokens } from "../request.ts";

/** What a group asks for when it is admitted, all its sequences or none. */
export interface Admission {
  /** P: tokens of the prompt, the same for all sequences of the group. */
  readonly promptTokens: Tokens;
  /** Tokens that each sequence had emitted before it was preempted and must write again; 0 at first admission. */
  readonly generatedTokens: Tokens;
  /** Sequences that will be written: 1 before a fork, else the unfinished ones. */
  readonly sequences: number;
  /** Slots to hold for each sequence of the request for its whole life; null when it grows on demand. */
  readonly reservations: readonly Slots[] | null;
}

/** Memory was given. It reports work to be priced, never a duration. */
export interface Grant {
  readonly granted: true;
  /** Tokens found in a prefix cache, which need not be computed. */
  readonly cachedTokens: Tokens;
  /** Tokens whose KV must be copied inside the GPU before the next iteration. */
  readonly copiedTokens: Tokens;
  /** Tokens that each sequence may have written in all before the allocator must be asked again. */
  readonly roomTokens: Tokens;
}

/**
 * Memory was refused, and nothing changed. `total`: too little is free. `hole`: enough is free, but not in one piece.
 * `watermark`: what is free must stay free. `never`: not even an empty pool would do.
 */
export interface Refusal {
  readonly granted: false;
  readonly reason: "total" | "hole" | "watermark" | "never";
  /** Slots that must be placed, after the allocator's rounding. */
  readonly need: Slots;
  readonly free: Slots;
  readonly largestHole: Slots;
  /** Slots of the whole pool. */
  readonly pool: Slots;
}

/** O(1) counters of a pool: `free` + `held` + `unusable` = `slots`. */
export interface PoolUsage {
  readonly slots: Slots;
  readonly free: Slots;
  /** Slots in use, a shared one counted once. */
  readonly held: Slots;
  /** Slots that can never be handed out: a tail shorter than a block. */
  readonly unusable: Slots;
  readonly largestHole: Slots;
  /** Free slots that hold content which a request could still hit; absent without a prefix cache. */
  readonly cached?: Slots;
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

/** A pool as metrics and checks see it. */
export interface Pool {
  /** Null for a sequence that holds nothing on the GPU. */
  holding(sequence: SequenceId): SequenceHolding | null;
  readonly usage: PoolUsage;
  /** Slots that a sequence is given at a time as it decodes on; 0 where the scheduler tells of all that a sequence is given. */
  readonly growthSlots: Slots;
  inspect(): Layout;
}

/**
 * Hands out the pool. A refusal is a value and changes nothing; misuse (an unknown sequence, a double release) throws.
 * Groups are passed so that all sequences of a request are served together; an allocator reads only
 * `group.sequences`, never output lengths.
 */
export interface Allocator extends Pool {
  /** Room for the whole prompt (and what was generated before a recompute), or for the reservations. */
  admit(group: SequenceGroup, ask: Admission): Grant | Refusal;
  /** Room for `tokens` tokens in all in each sequence of the group, the whole group or nothing. */
  grow(group: SequenceGroup, tokens: Tokens): Grant | Refusal;
  /** The prompt of `group.sequences[0]` (`tokens` written) becomes the prompt of all sequences of the group. */
  fork(group: SequenceGroup, tokens: Tokens): Grant;
  /** The sequence has ended; what it alone held is free again. */
  release(sequence: SequenceId): void;
  /** The refusal that even an empty pool would give, or null when an empty pool would do. Changes nothing. */
  wouldNever(group: SequenceGroup, ask: Admission): Refusal | null;
  /**
   * {@link Pool.growthSlots} more for each sequence of the {@link RUN}s of `sequences` from number `from` on to before `until`, in that
   * order. Not refused: the caller makes sure that so much is free, and that no sequence writes next what it shares.
   */
  extend(sequences: Int32Array, runs: Int32Array, from: number, until: number): void;
  /** Free slots: from {@link Pool.growthSlots} for each sequence of a group on, `grow` is granted. */
  readonly freeSlots: Slots;
}

/** What a swap moved. */
export interface Transfer {
  readonly granted: true;
  readonly blocks: number;
  /** From which block to which, in order, each once. */
  readonly moves: ReadonlyMap<number, number>;
}

/** Moves whole groups to a bounded CPU pool and back; shared blocks once, sharing survives. */
export interface Swapping {
  swapOut(group: SequenceGroup): Transfer | Refusal;
  /** Needs room for the next token of each sequence too; the caller then asks to grow. */
  swapIn(group: SequenceGroup): Transfer | Refusal;
  /** The refusal that an empty GPU pool would give to the group's return, or null. */
  wouldNeverReturn(group: SequenceGroup): Refusal | null;
  readonly blockSlots: Slots;
}
