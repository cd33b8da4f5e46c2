import { z } from "zod";
import { duration, either, isObject, refuse } from "./fields.ts";
import { lawField, type RawLaw } from "./law.ts";

const turnCount = z
  .int()
  .min(1)
  .max(1_000_000)
  .transform((constant): RawLaw => ({ constant }));
const turnLaw = lawField("turns");

/** `workload.prefix`. */
export const prefixField = z
  .strictObject({
    shared: z
      .int()
      .min(0)
      .max(10_000_000)
      .optional()
      .describe(
        "tokens of a system prompt in front of what lengths draws, so prompts grow by them; default 0",
      ),
    pool: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        "number of different system prompts; each request, or conversation, draws one; default 1",
      ),
    zipf: z
      .number()
      .min(0)
      .max(10)
      .optional()
      .describe("the i-th system prompt is drawn with weight 1 / i^zipf; default 0, all alike"),
    turns: either<RawLaw>(
      "messages of the user in a conversation: a number or a law. lengths then draws messages and answers, each prompt is all that was said before and the new message, and arrivals are conversations that begin; default: every request stands alone",
      [turnCount, turnLaw],
      (value) => (isObject(value) ? turnLaw : turnCount),
    ).optional(),
    thinkTime: duration(
      "mean of the exponential time between an answer and the user's next message; default 0s",
    ).optional(),
  })
  .superRefine((prefix, context) => {
    for (const key of ["pool", "zipf"] as const) {
      if (prefix[key] !== undefined && (prefix.shared ?? 0) === 0)
        refuse(context, prefix, `${key} needs shared, the tokens of a system prompt`, key);
    }
    if (prefix.thinkTime !== undefined && prefix.turns === undefined)
      refuse(context, prefix, "thinkTime needs turns, the messages of a conversation", "thinkTime");
  })
  .describe("what prompts have in common: system prompts and conversations; default nothing");

/** `workload.prefix` before defaults. */
export type RawPrefix = z.output<typeof prefixField>;

/** Whether every request has a content of its own after all. */
export function saysNothingInCommon({ shared = 0, turns }: RawPrefix): boolean {
  return shared === 0 && turns === undefined;
}
