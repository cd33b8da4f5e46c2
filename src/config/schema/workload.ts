import { z } from "zod";
import { datasets } from "../catalog/datasets/index.ts";
import { duration, refuse } from "./fields.ts";
import { lawField } from "./law.ts";
import { prefixField, saysNothingInCommon } from "./prefix.ts";

const lengthField = lawField("tokens");

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
    rate: z
      .number()
      .gt(0)
      .max(1e6)
      .optional()
      .describe("requests, or beginnings of conversations, per second (not for closed)"),
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
    outputs: z
      .enum(["independent", "equal"])
      .optional()
      .describe(
        "parallel: each output ends by itself, or all of a request are equally long, as where the end is ignored; default independent",
      ),
  })
  .superRefine((decoding, context) => {
    if (decoding.mode === "parallel" && decoding.n === undefined)
      refuse(context, decoding, "parallel decoding needs n, the sequences per request", "n");
    if (decoding.mode === "greedy" && (decoding.n ?? 1) !== 1)
      refuse(context, decoding, "greedy decoding has one sequence; use mode: parallel", "n");
    if (decoding.mode === "greedy" && decoding.outputs !== undefined)
      refuse(context, decoding, "greedy decoding has one output; use mode: parallel", "outputs");
  })
  .describe("how outputs are sampled; default greedy");

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

const CLOSED_TURNS = "conversations begin at a rate, which closed arrivals do not have";

/** `workload`. */
export const workloadField = z
  .strictObject({
    requests: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe("most requests, every turn of a conversation counted"),
    duration: duration("arrivals stop after it, such as 1h").optional(),
    arrivals: arrivalsField.optional(),
    lengths: lengthsField.optional(),
    decoding: decodingField.optional(),
    prefix: prefixField.optional(),
    trace: traceField.optional(),
  })
  .superRefine((workload, context) => {
    const { trace, lengths, requests, duration: time, arrivals, prefix = {} } = workload;
    if (trace !== undefined && lengths !== undefined)
      refuse(context, workload, "a trace has its own lengths; leave one of the two out", "lengths");
    if (trace !== undefined && workload.decoding?.outputs !== undefined)
      refuse(context, workload, "the outputs of a trace's request are equally long", "decoding");
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
    if (trace !== undefined && !saysNothingInCommon(prefix))
      refuse(
        context,
        workload,
        "a trace has prompts of its own; leave one of the two out",
        "prefix",
      );
    if (arrivals?.process === "closed" && prefix.turns !== undefined)
      refuse(context, workload, CLOSED_TURNS, "prefix", "turns");
  })
  .describe("the requests");

/** `workload` before defaults, times in seconds. */
export type RawWorkload = z.output<typeof workloadField>;
