import type { ChunkedSchedulerConfig } from "../../config/scheduler-config.ts";
import type { Tokens } from "../../request.ts";

/** What a step may hold, and who goes first; `maxModelLen`: tokens of the longest request, its output included. */
export type ChunkedLimits = Omit<ChunkedSchedulerConfig, "policy" | "maxWaiting"> & {
  readonly maxModelLen: Tokens;
};

/** As many of `tokens` tokens as one step may compute of one request. */
export function underThreshold({ longPrefillThreshold }: ChunkedLimits, tokens: Tokens): Tokens {
  return longPrefillThreshold > 0 ? Math.min(tokens, longPrefillThreshold) : tokens;
}
