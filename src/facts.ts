import { type Growth, NO_GROWTH } from "./core/growth.ts";
import { type ExactTime, type Nanoseconds, ZERO_TIME } from "./core/time.ts";
import { MutablePrice, MutableWork, type Price, type Work } from "./latency/latency.ts";
import type { FreeShare } from "./metrics/shares.ts";
import type { Request, SequenceGroup, Tokens } from "./request.ts";

/**
 * Is told what happens, at once and in order: every decision of a run is one of these calls, and metrics and fingerprint know nothing
 * else. Whoever tells never learns what is made of it. `writtenTokens` is c of each unfinished sequence at that instant.
 */
export interface FactSink {
  arrived(atNs: Nanoseconds, request: Request): void;
  /** No further arrival is known of, unless those who are here cause one: that at `atNs` may have been the last. */
  noneExpected(atNs: Nanoseconds): void;
  /** Never admitted: it can never fit, is too long, or the waiting room was full. */
  rejected(atNs: Nanoseconds, request: Request, refusal: Rejection): void;
  /** Admitted, for the first time or again after a recompute preemption. */
  admitted(atNs: Nanoseconds, group: SequenceGroup, cachedTokens: Tokens): void;
  /** Sequences of a running group were given blocks of their own for ones that they shared. */
  copied(atNs: Nanoseconds, group: SequenceGroup, copiedTokens: Tokens): void;
  forked(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    copiedTokens: Tokens,
  ): void;
  preempted(atNs: Nanoseconds, group: SequenceGroup, eviction: Eviction): void;
  swappedIn(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    swappedBlocks: number,
  ): void;
  /**
   * The prompt (or recomputed) tokens are written, `tokens` over all sequences; each sequence emitted a token. What the group holds is as
   * it was when last told of.
   */
  prefilled(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void;
  /** A part of the group's prompt (or of what it had said before a preemption) is written, as above; nothing is emitted yet. */
  computed(atNs: Nanoseconds, group: SequenceGroup, writtenTokens: Tokens, tokens: Tokens): void;
  /**
   * What a running group holds has grown otherwise than by the growth of {@link Iterations}, or it goes on or stops writing a token
   * each iteration. No decision of its own.
   */
  extended(group: SequenceGroup, writtenTokens: Tokens, decodes: boolean): void;
  /** A sequence emitted its last token, and its memory is free; `index` was its place among the unfinished ones. */
  sequenceFinished(
    atNs: Nanoseconds,
    group: SequenceGroup,
    writtenTokens: Tokens,
    index: number,
  ): void;
  finished(atNs: Nanoseconds, group: SequenceGroup): void;
  /** Given up after admission, its memory free: nothing could take it back. `wasWaiting`: to be recomputed, rather than running. */
  failed(atNs: Nanoseconds, group: SequenceGroup, wasWaiting: boolean, refusal: Rejection): void;
  iterated(iterations: Iterations): void;
  /** Nothing ran from the end of the last iteration until `end`, which is later. */
  idled(end: ExactTime): void;
}

/** How a group lost its place. */
export interface Eviction {
  readonly mode: "recompute" | "swap";
  /** Distinct tokens whose KV was lost: 0 for a swap. */
  readonly lostTokens: Tokens;
  readonly swappedBlocks: number;
}

/** What one iteration, or a series of equal ones, does; good until the next round. */
export interface Batch {
  readonly work: Work;
  /** Tokens that are emitted at the end by requests which do not decode yet. */
  readonly firstTokens: Tokens;
  /** What free slots are called meanwhile. */
  readonly freeShare: FreeShare;
}

/** `steps` equal iterations until `end`, which have ended; they began with the end of those before, or of idling. */
export interface Iterations {
  readonly end: ExactTime;
  readonly steps: number;
  readonly price: Price;
  readonly batch: Batch;
  /** How many decoding sequences were given the pool's growthSlots, and when. */
  readonly growth: Growth;
}

/** None, until they are written anew. */
export function noIterations(end: ExactTime = ZERO_TIME): Iterations {
  const batch: Batch = { work: new MutableWork(), firstTokens: 0, freeShare: "idle" };
  return { end, steps: 0, price: new MutablePrice(), batch, growth: NO_GROWTH };
}

/** Why a request was turned away for good: the need, what there is, and the setting that decides it. `swap`: it could not come back. */
export interface Rejection {
  readonly code:
    | "too-long"
    | "too-wide"
    | "batch-limit"
    | "pool"
    | "watermark"
    | "swap"
    | "waiting-room";
  readonly need: number;
  readonly have: number;
}

/** How a run ended early, on whom, and the slots that were needed and there. */
export interface Ending {
  readonly status: "stalled" | "aborted";
  readonly request: number;
  readonly need: number;
  readonly have: number;
}
