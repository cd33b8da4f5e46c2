import type { Refusal } from "./allocators/allocator.ts";
import type { ExactTime, Nanoseconds, StepSeries } from "./core/time.ts";
import type { Work } from "./latency/latency.ts";
import type { FreeShare } from "./metrics/shares.ts";
import type { Request, SequenceGroup, Tokens } from "./request.ts";

/** What happened, in order. Every decision of a run is one of these; metrics and fingerprint know nothing else. */
export type Fact =
  | { readonly kind: "arrived"; readonly atNs: Nanoseconds; readonly request: Request }
  /** Never admitted: it can never fit, is too long, or the waiting room was full (`refusal` null). */
  | {
      readonly kind: "rejected";
      readonly atNs: Nanoseconds;
      readonly request: Request;
      readonly refusal: Refusal | null;
    }
  /** Admitted, for the first time or again after a recompute preemption. */
  | {
      readonly kind: "admitted";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly cachedTokens: Tokens;
    }
  /** The allocator gave a running group more blocks or copied shared ones; `writing` = tokens after this iteration. */
  | {
      readonly kind: "grew";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly copiedTokens: Tokens;
    }
  | {
      readonly kind: "forked";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly copiedTokens: Tokens;
    }
  | {
      readonly kind: "preempted";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly mode: "recompute" | "swap";
      /** Tokens whose KV was lost (recompute), over all sequences, shared ones once. */
      readonly lostTokens: Tokens;
      readonly swappedBlocks: number;
    }
  | {
      readonly kind: "swapped-in";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly swappedBlocks: number;
    }
  /** The prompt (or recomputed) tokens of the group are written; each sequence emitted a token. */
  | {
      readonly kind: "prefilled";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly tokens: Tokens;
    }
  /** One sequence (index in `group.sequences` before removal) emitted its last token. */
  | {
      readonly kind: "sequence-finished";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly index: number;
    }
  | { readonly kind: "finished"; readonly atNs: Nanoseconds; readonly group: SequenceGroup }
  /** Given up after admission: it outgrew the pool. */
  | {
      readonly kind: "failed";
      readonly atNs: Nanoseconds;
      readonly group: SequenceGroup;
      readonly refusal: Refusal;
    }
  /** `steps` equal iterations begin at `start`; `refusal` says why free slots stay free meanwhile. */
  | {
      readonly kind: "iterating";
      readonly start: ExactTime;
      readonly steps: number;
      readonly series: StepSeries;
      readonly work: Work;
      readonly freeShare: FreeShare;
    }
  /** Nothing runs from `start` on. */
  | { readonly kind: "idling"; readonly start: ExactTime; readonly freeShare: FreeShare };

export type FactSink = (fact: Fact) => void;
