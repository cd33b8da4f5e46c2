import type { Nanoseconds } from "./core/time.ts";

/** A number of tokens, ≥ 0. */
export type Tokens = number;

/** A number of KV slots, ≥ 0; one slot holds the KV of one token in all layers. */
export type Slots = number;

/** More slots than any replica has; keeps block tables within reach of memory. */
export const MOST_SLOTS = 2 ** 27;

/**
 * Larger blocks than any engine has. For each slot of a block the engine lists who is due there, all in one column, and columns have at
 * most 2^28 numbers: at this size that is room for 4,096 sequences in each list, as many as there are such blocks in the largest pool.
 */
export const MOST_BLOCK_SLOTS = 2 ** 15;

/** Most blocks of a cache that is shared across requests: the ring of the free ones has twice as many places, in one column. */
export const MOST_CACHED_BLOCKS = 2 ** 26;

/** Names a live sequence inside one run; small, and used again after the sequence has ended. */
export type SequenceId = number;

/**
 * Part of a prompt: `length` ≥ 1 tokens of the content `contentId`, from its token `offset` on. Equal parts are equal text.
 * Workloads name contents by 32-bit integers ≥ 0; negative ones stand for content that no other request shares.
 */
export interface Segment {
  readonly contentId: number;
  readonly offset: Tokens;
  readonly length: Tokens;
}

/** Where an output begins: in the content `contentId`, at its token `offset`. */
export type ContentStart = Pick<Segment, "contentId" | "offset">;

/** One request as it arrives. */
export interface Request {
  /** 0, 1, 2 … in order of arrival. */
  readonly id: number;
  readonly arrivalNs: Nanoseconds;
  /** P ≥ 1. */
  readonly promptTokens: Tokens;
  /** O ≥ 1 of each sequence; more than one entry is parallel sampling. Policies must not read it. */
  readonly outputTokens: readonly Tokens[];
  /** Lower runs first under priority order. */
  readonly priority: number;
  /** What the prompt says, where the workload knows; null is content that no other request shares. */
  readonly content: readonly Segment[] | null;
  /** What its first sequence's output says, where the workload knows; null is content that no other request shares. */
  readonly outputContent: ContentStart | null;
  /** Closed loop: the user who sent it; conversations: the number of its conversation; otherwise null. */
  readonly user: number | null;
}
