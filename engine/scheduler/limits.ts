/** No limit to the waiting room. */
export const UNLIMITED: i32 = i32.MAX_VALUE;

/** What any scheduler may do at once (src/config/scheduler-config.ts). */
export abstract class Limits {
  /** Most sequences, or requests of one, that run at a time, ≥ 1. */
  maxRunning: i32 = 1;
  /** Most tokens in one iteration, ≥ 1: of prompts, or under `chunked` of their parts and of decodes. */
  maxBatchedTokens: i32 = 1;
  /** Most never-admitted requests left waiting after a scheduling round. */
  maxWaiting: i32 = UNLIMITED;
  /** Tokens of the longest request, its output included. */
  maxModelLen: i32 = 1;

  set(maxRunning: i32, maxBatchedTokens: i32, maxWaiting: i32, maxModelLen: i32): void {
    this.maxRunning = maxRunning;
    this.maxBatchedTokens = maxBatchedTokens;
    this.maxWaiting = maxWaiting;
    this.maxModelLen = maxModelLen;
  }
}
