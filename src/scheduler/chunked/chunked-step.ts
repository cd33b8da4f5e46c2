import type { Tokens } from "../../request.ts";
import type { ChunkedRequest } from "./chunked-request.ts";

/** What one step of the chunked scheduler decided. */
export interface ChunkedStep {
  /** Who computes {@link ChunkedRequest.scheduledTokens}, in order of scheduling. */
  readonly scheduled: ChunkedRequest[];
  /** The last of them, who were waiting before. */
  readonly admitted: ChunkedRequest[];
  /** Who lost all its blocks, in order, and the tokens that had been computed in earlier steps. */
  readonly preempted: { readonly request: ChunkedRequest; readonly lostTokens: Tokens }[];
  /** Whose prefix was looked up: those admitted, and the head if it was refused. */
  readonly lookedUp: ChunkedRequest[];
  /** Tokens that could still be computed. */
  budgetTokens: Tokens;
  /** Somebody was refused blocks. */
  refused: boolean;
}

/** A step that has decided nothing yet. */
export function newStep(budgetTokens: Tokens): ChunkedStep {
  return {
    scheduled: [],
    admitted: [],
    preempted: [],
    lookedUp: [],
    budgetTokens,
    refused: false,
  };
}
