import { IdList } from "../../core/id-list";
import { enlargedGroups } from "../groups";
import { ChunkedRequest } from "./chunked-request";

/**
 * What one step of the chunked scheduler decided, requests by their handles: each one in lockstep computes a token, and those below
 * {@link scheduled} what they are told. Valid until the next step.
 */
@final
export class ChunkedStep {
  /** Who computes {@link ChunkedRequest.scheduledTokens}, apart from the lockstep, in order of scheduling. */
  readonly scheduled: IdList = new IdList();
  /** The last of them, who were waiting before. */
  readonly admitted: IdList = new IdList();
  /** Who lost all its blocks, in order; as many as {@link preemptions} count. */
  private preempted: StaticArray<ChunkedRequest | null> = new StaticArray<ChunkedRequest | null>(8);
  preemptions: i32 = 0;
  /** The head whose prefix was looked up, as that of those admitted, and who was then not admitted; null without one. */
  leftWaiting: ChunkedRequest | null = null;
  /** Tokens that could still be computed. */
  budgetTokens: i32 = 0;
  /** Somebody was refused blocks. */
  refused: bool = false;

  /** Nothing has been decided yet. */
  begin(budgetTokens: i32): void {
    this.scheduled.clear();
    this.admitted.clear();
    this.preemptions = 0;
    this.leftWaiting = null;
    this.budgetTokens = budgetTokens;
    this.refused = false;
  }

  /** A request apart computes `tokens` tokens. */
  schedule(request: ChunkedRequest, tokens: i32): void {
    request.scheduledTokens = tokens;
    this.budgetTokens -= tokens;
    this.scheduled.push(request.handle);
  }

  /** A request has lost all its blocks. */
  preempt(request: ChunkedRequest): void {
    const count = this.preemptions;
    if (count === this.preempted.length)
      this.preempted = enlargedGroups<ChunkedRequest>(this.preempted, 2 * count);
    this.preempted[count] = request;
    this.preemptions = count + 1;
  }

  preemptedAt(index: i32): ChunkedRequest {
    return this.preempted[index]!;
  }
}
