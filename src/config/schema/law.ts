import { z } from "zod";
import { refuse } from "./fields.ts";

/** Keys of a law that say which it is. */
export const LAWS = ["constant", "uniform", "lognormal", "quantiles"] as const;

/** What samples of a law may be; also the limit of what a user may write. */
const sample = z.int().min(1).max(10_000_000);

/** A law of whole numbers ≥ 1, in `unit`. */
export function lawField(unit: string) {
  return z
    .strictObject({
      constant: sample.optional().describe(`always this many ${unit}`),
      uniform: z
        .tuple([sample, sample])
        .optional()
        .describe("[lowest, highest], every number between as likely"),
      lognormal: z
        .strictObject({
          mean: z.number().gt(0).max(1e7).describe(`mean in ${unit} before min and max cut it`),
          sigma: z.number().min(0).max(10).describe("standard deviation of the logarithm"),
        })
        .optional()
        .describe("a log-normal law"),
      quantiles: z
        .array(z.tuple([z.number().min(0).max(1), z.number().min(0).max(1e7)]))
        .min(2)
        .optional()
        .describe(`[[0, lowest], [probability, ${unit}] …, [1, highest]], straight lines between`),
      min: sample.optional().describe("smaller samples are drawn again"),
      max: sample.optional().describe("larger samples are drawn again"),
    })
    .superRefine((written, context) => {
      const given = LAWS.filter((law) => written[law] !== undefined);
      if (given.length === 1) return;
      const got = given.length === 0 ? "none" : given.join(" and ");
      refuse(context, written, `expected one of ${LAWS.join(", ")}, got ${got}`);
    });
}

/** A law as it is written; exactly one kind is set. */
export type RawLaw = z.output<ReturnType<typeof lawField>>;
