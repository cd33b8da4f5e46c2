import { z } from "zod";
import { datasets } from "../catalog/datasets/index.ts";
import { duration, isObject, refuse } from "./fields.ts";

/** Tokens of a prompt or an output. */
const tokens = z.int().min(1).max(10_000_000);

const LAWS = ["constant", "uniform", "lognormal", "quantiles"] as const;

/** A length law. */
const lengthField = z
  .strictObject({
    constant: tokens.optional().describe("always this many tokens"),
    uniform: z
      .tuple([tokens, tokens])
      .optional()
      .describe("[lowest, highest], every length as likely"),
    lognormal: z
      .strictObject({
        mean: z.number().gt(0).max(1e7).describe("mean in tokens before min and max cut it"),
        sigma: z.number().min(0).max(10).describe("standard deviation of the logarithm"),
      })
      .optional()
      .describe("log-normal lengths"),
    quantiles: z
      .array(z.tuple([z.number().min(0).max(1), z.number().min(0).max(1e7)]))
      .min(2)
      .optional()
      .describe("[[0, lowest], [probability, tokens] …, [1, highest]], straight lines between"),
    min: tokens.optional().describe("shorter samples are drawn again"),
    max: tokens.optional().describe("longer samples are drawn again"),
  })
  .superRefine((length, context) => {
    const given = LAWS.filter((law) => length[law] !== undefined);
    if (given.length === 1) return;
    const got = given.length === 0 ? "none" : given.join(" and ");
    refuse(context, length, `expected one of ${LAWS.join(", ")}, got ${got}`);
  });

/** One length law, in tokens; exactly one law is set. */
export type RawLength = z.output<typeof lengthField>;

const lengthsField = z
  .strictObject({
    dataset: z
      .enum(Object.keys(datasets) as [string, ...string[]])
      .optional()
      .describe("prompt and output lengths of a data set (`kvsim list datasets`)"),
    prompt: lengthField.optional().describe("law of the prompt lengths"),
    output: lengthField.optional().describe("law of the output lengths"),
  })
  .superRefine((lengths, context) => {
    const pair = lengths.prompt !== undefined && lengths.output !== undefined;
    const part = lengths.prompt !== undefined || lengths.output !== undefined;
    if (lengths.dataset === undefined ? pair : !part) return;
    const keys = Object.keys(lengths).join(" and ") || "none";
    refuse(context, lengths, `expected either dataset or prompt and output, got ${keys}`);
  })
  .describe("how long prompts and outputs are: {dataset} or {prompt, output}");

const arrivalsField = z
  .strictObject({
    process: z
      .enum(["poisson", "gamma", "deterministic", "bursty", "closed"])
      .describe("how requests arrive"),
    rate: z.number().gt(0).max(1e6).optional().describe("requests per second (not for closed)"),
    cv: z
      .number()
      .gt(0)
      .max(100)
      .optional()
      .describe("gamma: coefficient of variation of the gaps; 1 is poisson"),
    burst: z
      .number()
      .gt(1)
      .max(1e6)
      .optional()
      .describe("bursty: rate during a burst over the mean rate"),
    onTime: duration("bursty: mean length of a burst, such as 10s").optional(),
    users: z.int().min(1).max(10_000_000).optional().describe("closed: number of users"),
    thinkTime: duration(
      "closed: mean time between an answer and the user's next request; default 0s",
    ).optional(),
  })
  .superRefine(checkArrivals)
  .describe("when requests arrive");

type ArrivalKey = "rate" | "cv" | "burst" | "onTime" | "users" | "thinkTime";

/** What each process needs; `thinkTime` alone may be left out. */
const ARRIVAL_KEYS: Readonly<Record<string, readonly ArrivalKey[]>> = {
  poisson: ["rate"],
  gamma: ["rate", "cv"],
  deterministic: ["rate"],
  bursty: ["rate", "burst", "onTime"],
  closed: ["users", "thinkTime"],
};

function checkArrivals(
  arrivals: { readonly process: string } & { readonly [key in ArrivalKey]?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  const keys = ARRIVAL_KEYS[arrivals.process]!;
  for (const key of keys) {
    if (arrivals[key] === undefined && key !== "thinkTime")
      refuse(context, arrivals, `${arrivals.process} arrivals need ${key}`, key);
  }
  for (const key of Object.keys(arrivals)) {
    if (key !== "process" && !keys.includes(key as ArrivalKey)) {
      const text = `${arrivals.process} arrivals have no ${key}; they have ${keys.join(", ")}`;
      refuse(context, arrivals, text, key);
    }
  }
}

const decodingField = z
  .strictObject({
    mode: z
      .enum(["greedy", "parallel"])
      .default("greedy")
      .describe("greedy: one output; parallel: n outputs that share the prompt"),
    n: z.int().min(1).max(1000).optional().describe("parallel: sequences per request"),
  })
  .superRefine((decoding, context) => {
    if (decoding.mode === "parallel" && decoding.n === undefined)
      refuse(context, decoding, "parallel decoding needs n, the sequences per request", "n");
    if (decoding.mode === "greedy" && (decoding.n ?? 1) !== 1)
      refuse(context, decoding, "greedy decoding has one sequence; use mode: parallel", "n");
  })
  .describe("how outputs are sampled; default greedy");

const prefixField = z
  .unknown()
  .refine(
    (prefix) => isObject(prefix) && Object.values(prefix).every((value) => value === 0),
    "shared prefixes do not exist in this version; every prompt has a content of its own",
  )
  .meta({ description: "shared prefixes: only {shared: 0} in this version", type: "object" });

const traceField = z
  .strictObject({
    file: z.string().min(1).describe("path of the trace, relative to this file; .gz is read too"),
    format: z
      .enum(["azure", "mooncake", "sharegpt", "generic"])
      .describe("what the file's columns are called (`kvsim trace stats` shows what is in it)"),
    timeScale: z
      .number()
      .gt(0)
      .max(1e6)
      .default(1)
      .describe("gaps between arrivals are multiplied by it: 0.5 is twice the load"),
  })
  .describe("recorded requests instead of lengths (and of arrivals, where it has times)");

/** `workload`. */
export const workloadField = z
  .strictObject({
    requests: z.int().min(1).max(1_000_000_000).optional().describe("most requests"),
    duration: duration("arrivals stop after it, such as 1h").optional(),
    arrivals: arrivalsField.optional(),
    lengths: lengthsField.optional(),
    decoding: decodingField.optional(),
    prefix: prefixField.optional(),
    trace: traceField.optional(),
  })
  .superRefine((workload, context) => {
    const { trace, lengths, requests, duration: time, arrivals } = workload;
    if (trace !== undefined && lengths !== undefined)
      refuse(context, workload, "a trace has its own lengths; leave one of the two out", "lengths");
    if (trace === undefined && lengths === undefined)
      refuse(context, workload, "expected lengths (or a trace)");
    if (trace === undefined && requests === undefined && time === undefined)
      refuse(context, workload, "expected requests, duration or both");
    if (arrivals === undefined && (trace === undefined || trace.format === "sharegpt"))
      refuse(
        context,
        workload,
        trace
          ? "a sharegpt trace has no times; expected arrivals"
          : "expected arrivals (or a trace)",
      );
  })
  .describe("the requests");

/** `workload` before defaults, times in seconds. */
export type RawWorkload = z.output<typeof workloadField>;
