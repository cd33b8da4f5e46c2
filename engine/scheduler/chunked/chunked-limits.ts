import { Limits } from "../limits";

/** Who goes first: first come first served, or the lowest priority number first. */
export const FCFS: i32 = 0;
export const PRIORITY: i32 = 1;

/** What a step may hold, and who goes first (src/config/scheduler-config.ts). */
@final
export class ChunkedLimits extends Limits {
  /** Whether a prompt may be computed in parts when an iteration has no room for all of it. */
  chunkedPrefill: bool = true;
  /** An iteration computes at most so many tokens of one request; 0 is no limit. */
  longPrefillThreshold: i32 = 0;
  order: i32 = FCFS;
  /** Whether a request is admitted only while there is room for all it has to say, not only for the first part. */
  fullSequenceGate: bool = true;

  /** As many of `tokens` tokens as one step may compute of one request. */
  @inline
  underThreshold(tokens: i32): i32 {
    const threshold = this.longPrefillThreshold;
    return threshold > 0 ? min(tokens, threshold) : tokens;
  }
}
