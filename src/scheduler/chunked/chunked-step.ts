import { IdList } from "../../core/id-list.ts";
import type { Tokens } from "../../request.ts";
import type { ChunkedRequest } from "./chunked-request.ts";

/**
 * What one step of the chunked scheduler decided, requests by their handles: each one in lockstep computes a token, and those below
 * {@link scheduled} what they are told. Valid until the next step.
 */
export class ChunkedStep {
  /** Who computes {@link ChunkedRequest.scheduledTokens}, apart from the lockstep, in order of scheduling. */
  readonly scheduled = new IdList();
  /** The last of them, who were waiting before. */
  readonly admitted = new IdList();
  /** Who lost all its blocks, in order. */
  readonly preempted: ChunkedRequest[] = [];
  /** The head whose prefix was looked up, as that of those admitted, and who was then not admitted; null without one. */
  leftWaiting: ChunkedRequest | null = null;
  /** Tokens that could still be computed. */
  budgetTokens: Tokens = 0;
  /** Somebody was refused blocks. */
  refused = false;

  /** Nothing has been decided yet. */
  begin(budgetTokens: Tokens): this {
    this.scheduled.clear();
    this.admitted.clear();
    if (this.preempted.length > 0) this.preempted.length = 0;
    this.leftWaiting = null;
    this.budgetTokens = budgetTokens;
    this.refused = false;
    return this;
  }

  /** A request apart computes `tokens` tokens. */
  schedule(request: ChunkedRequest, tokens: Tokens): void {
    request.scheduledTokens = tokens;
    this.budgetTokens -= tokens;
    this.scheduled.push(request.handle);
  }
}
