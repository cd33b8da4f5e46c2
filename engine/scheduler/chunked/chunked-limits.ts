/** Who goes first: first come first served, or the lowest priority number first. */
export const FCFS: i32 = 0;
export const PRIORITY: i32 = 1;

/** No limit to the waiting room. */
export const UNLIMITED: i32 = i32.MAX_VALUE;

/** What a step may hold, and who goes first (src/config/scheduler-config.ts). */
@final
export class ChunkedLimits {
  /** Most requests that run at a time, ≥ 1. */
  maxRunning: i32 = 1;
  /** Most tokens in one iteration, ≥ 1: parts of prompts and decodes together. */
  maxBatchedTokens: i32 = 1;
  /** Most never-admitted requests left waiting after a scheduling round. */
  maxWaiting: i32 = UNLIMITED;
  /** Whether a prompt may be computed in parts when an iteration has no room for all of it. */
  chunkedPrefill: bool = true;
  /** An iteration computes at most so many tokens of one request; 0 is no limit. */
  longPrefillThreshold: i32 = 0;
  order: i32 = FCFS;
  /** Whether a request is admitted only while there is room for all it has to say, not only for the first part. */
  fullSequenceGate: bool = true;
  /** Tokens of the longest request, its output included. */
  maxModelLen: i32 = 1;

  /** As many of `tokens` tokens as one step may compute of one request. */
  @inline
  underThreshold(tokens: i32): i32 {
    const threshold = this.longPrefillThreshold;
    return threshold > 0 ? min(tokens, threshold) : tokens;
  }
}
