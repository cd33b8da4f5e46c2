import type { ExactTime, Nanoseconds } from "./core/time.ts";
import type { Price, Work } from "./latency/latency.ts";
import type { FreeShare } from "./metrics/shares.ts";
import type { Request, SequenceGroup, Tokens } from "./request.ts";

/**
 * What happened, in order. Every decision of a run is one of these; metrics and fingerprint know nothing else.
 * `writtenTokens` is c of each unfinished sequence at that instant.
 */
export type Fact =
  | { readonly kind: "arrived"; readonly atNs: Nanoseconds; readonly request: Request }
  /** Never admitted: it can never fit, is too long, or the waiting room was full (`refusal` null). */
  | {
      readonly kind: "rejected";
      readonly atNs: Nanoseconds;
      readonly request: Request;
      readonly refusal: Rejection;
    }
  /** Admitted, for the first time or again after a recompute preemption. */
  | {
      readonly kind: "admitted";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly cachedTokens: Tokens;
    }
  /** A running group was given more blocks, for new tokens or as copies of shared ones. */
  | {
      readonly kind: "grew";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly copiedTokens: Tokens;
    }
  | {
      readonly kind: "forked";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly copiedTokens: Tokens;
    }
  | {
      readonly kind: "preempted";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly mode: "recompute" | "swap";
      /** Distinct tokens whose KV was lost: 0 for a swap. */
      readonly lostTokens: Tokens;
      readonly swappedBlocks: number;
    }
  | {
      readonly kind: "swapped-in";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly swappedBlocks: number;
    }
  /** The prompt (or recomputed) tokens of the group are written; each sequence emitted a token. */
  | {
      readonly kind: "prefilled";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      /** Tokens computed for it, over all its sequences. */
      readonly tokens: Tokens;
    }
  /** A part of the group's prompt (or of what it had said before a preemption) is written; nothing is emitted yet. */
  | {
      readonly kind: "computed";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly tokens: Tokens;
    }
  /** What a running group holds has grown, or it goes on or stops writing a token each iteration. No decision of its own. */
  | {
      readonly kind: "extended";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly decodes: boolean;
    }
  /** A sequence emitted its last token, and its memory is free; `index` was its place among the unfinished ones. */
  | {
      readonly kind: "sequence-finished";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly writtenTokens: Tokens;
      readonly index: number;
    }
  | { readonly kind: "finished"; readonly atNs: Nanoseconds; readonly group: SequenceGroup }
  /** Given up after admission, its memory free: nothing could take it back. */
  | {
      readonly kind: "failed";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      /** Whether it had been waiting to be recomputed, rather than running. */
      readonly wasWaiting: boolean;
      readonly refusal: Rejection;
    }
  /** `steps` equal iterations, from `start` on, have ended; `freeShare` says what free slots were meanwhile. */
  | {
      readonly kind: "iterated";
      readonly start: ExactTime;
      readonly steps: number;
      readonly price: Price;
      readonly work: Work;
      /** Tokens that the prefilled groups emit at the end. */
      readonly firstTokens: Tokens;
      readonly freeShare: FreeShare;
    }
  /** Nothing ran from the end of the last iteration until `end`. */
  | { readonly kind: "idled"; readonly end: ExactTime };

/** Why a request was turned away for good: the need, what there is, and the setting that decides it. */
export interface Rejection {
  readonly code: "too-long" | "too-wide" | "batch-limit" | "pool" | "watermark" | "waiting-room";
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

/** Gets every fact at once and in order; whoever emits never learns what is made of it. */
export type FactSink = (fact: Fact) => void;
