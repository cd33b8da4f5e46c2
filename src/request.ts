import type { Nanoseconds } from "./core/time.ts";

/** A number of tokens, ≥ 0. */
export type Tokens = number;

/** A number of KV slots, ≥ 0; one slot holds the KV of one token in all layers. */
export type Slots = number;

/** More slots than any replica has, and than a block may have; keeps block tables within reach of memory. */
export const MOST_SLOTS = 2 ** 27;

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
