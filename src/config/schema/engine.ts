import { z } from "zod";
import { latencyPresets } from "../catalog/index.ts";
import { bandwidth, duration, either, refuse, size } from "./fields.ts";

const waiting = z.int().min(0).max(1_000_000_000).describe("requests");
const unlimited = z.enum(["unlimited"]).describe("no limit");

/** `scheduler`, common or of one allocator. */
export const schedulerField = z
  .strictObject({
    policy: z
      .enum(["orca", "prefill-first", "static", "chunked"])
      .optional()
      .describe(
        "orca (OSDI'22), prefill-first (vLLM V0), static batches or chunked (vLLM V1); default prefill-first",
      ),
    maxRunning: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        "most unfinished sequences admitted at a time; default 256, chunked: 1024 on GPUs of 70 GiB and more but the A100",
      ),
    maxBatchedTokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe(
        "most prompt tokens of an iteration, chunked: most tokens of any kind; default the larger of maxModelLen and 2048, chunked: 2048, or 8192 on those GPUs",
      ),
    maxWaiting: either<number | "unlimited">(
      "most never-admitted requests left waiting, 0 is a loss system; default unlimited",
      [waiting, unlimited],
      (value) => (typeof value === "string" ? unlimited : waiting),
    ).optional(),
    chunkedPrefill: z
      .boolean()
      .optional()
      .describe("chunked: whether a prompt may be computed in parts; default true"),
    longPrefillThreshold: z
      .int()
      .min(0)
      .max(100_000_000)
      .optional()
      .describe("chunked: most tokens of one request in an iteration, 0 is no limit; default 0"),
    order: z
      .enum(["fcfs", "priority"])
      .optional()
      .describe("chunked: first come first served, or lowest priority number first; default fcfs"),
    fullSequenceGate: z
      .boolean()
      .optional()
      .describe(
        "chunked: admit a request only while its whole prompt fits (vLLM's scheduler_reserve_full_isl); default true",
      ),
  })
  .describe("who runs when");

/** `scheduler` as a user may write it, before defaults are filled in. */
export type RawScheduler = z.output<typeof schedulerField>;

/** `preemption`, common or of one allocator. */
export const preemptionField = z
  .strictObject({
    mode: z
      .enum(["recompute", "swap", "auto"])
      .optional()
      .describe("auto recomputes one sequence and swaps several; default recompute"),
    swapSpace: size("CPU memory for swapped-out KV; default 4GiB (swap and auto)").optional(),
    pcie: bandwidth("PCIe bandwidth of one GPU; default 25GB/s").optional(),
    copyLaunch: duration("cost of starting one PCIe copy; default 5us").optional(),
  })
  .describe("what happens to a request when memory runs out");

/** `preemption` once quantities are in bytes and seconds, before defaults are filled in. */
export type RawPreemption = z.output<typeof preemptionField>;

const coefficient = z.number().min(0).max(1e6);

const linearPrefill = z
  .strictObject({
    base: coefficient.describe("constant part, ms"),
    perToken: coefficient.describe("ms per prompt token"),
    perTokenSquared: coefficient.default(0).describe("ms per squared prompt length"),
  })
  .describe("linear: an iteration's prefill, ms");

const linearDecode = z
  .array(
    z.strictObject({
      fromBatch: z.int().min(1).default(1).describe("smallest batch that this fit is for"),
      base: coefficient.describe("constant part, ms"),
      perContextToken: coefficient.default(0).describe("ms per token of context read"),
      perSequence: coefficient.default(0).describe("ms per decoding sequence"),
    }),
  )
  .min(1)
  .describe("linear: an iteration's decode, ms; the fit with the largest fromBatch ≤ batch counts");

const efficiency = z.number().gt(0).max(1).optional();

/** Keys of `latency` that each model has. */
const LATENCY_KEYS = {
  linear: ["model", "preset", "prefill", "decode"],
  roofline: ["model", "prefillEfficiency", "decodeEfficiency"],
};

/** `latency`. */
export const latencyField = z
  .strictObject({
    model: z
      .enum(["linear", "roofline"])
      .describe("linear: fitted coefficients; roofline: from model and gpu"),
    preset: z
      .enum(Object.keys(latencyPresets) as [string, ...string[]])
      .optional()
      .describe("linear: coefficients of the catalogue (`kvsim list presets`)"),
    prefill: linearPrefill.optional(),
    decode: linearDecode.optional(),
    prefillEfficiency: efficiency.describe("roofline: part of the peak arithmetic; default 0.45"),
    decodeEfficiency: efficiency.describe("roofline: part of the peak arithmetic; default 0.3"),
  })
  .superRefine((latency, context) => {
    const known = LATENCY_KEYS[latency.model];
    for (const key of Object.keys(latency))
      if (!known.includes(key))
        refuse(
          context,
          latency,
          `the ${latency.model} model has no ${key}; it has ${known.slice(1).join(", ")}`,
          key,
        );
    if (latency.model === "linear") checkLinear(latency, context);
  })
  .describe("how long an iteration takes; default the roofline of model and gpu");

/** `latency` before a preset is looked up and the roofline is derived from model and GPU. */
export type RawLatency = z.output<typeof latencyField>;

function checkLinear(
  latency: {
    preset?: unknown;
    prefill?: unknown;
    decode?: readonly { fromBatch: number }[] | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  const { preset, prefill, decode } = latency;
  const own = prefill !== undefined && decode !== undefined;
  const part = prefill !== undefined || decode !== undefined;
  if (preset === undefined ? !own : part)
    refuse(context, latency, "the linear model needs either preset or prefill and decode");
  decode?.forEach((fit, index) => {
    const previous = decode[index - 1]?.fromBatch ?? 0;
    if (fit.fromBatch > previous && (index > 0 || fit.fromBatch === 1)) return;
    const expected = index === 0 ? "1 in the first fit" : `more than ${previous}`;
    refuse(
      context,
      latency,
      `expected ${expected}, got ${fit.fromBatch}`,
      "decode",
      index,
      "fromBatch",
    );
  });
}

const instant = duration("a time of the simulation");
const windowEnd = z.enum(["last-arrival", "end"]);

/** `measure`. */
export const measureField = z
  .strictObject({
    from: duration("start of the measured window; default 0s").optional(),
    until: either<number | "last-arrival" | "end">(
      "end of the window: last-arrival, end (of the run) or a time; default last-arrival",
      [windowEnd, instant],
      (value) => (typeof value === "string" && !/^\d/.test(value) ? windowEnd : instant),
    ).optional(),
    slo: z
      .strictObject({
        ttft: duration("longest time to the first token, such as 2s").optional(),
        tpot: duration("longest time per further token, such as 100ms").optional(),
      })
      .refine(
        (slo) => slo.ttft !== undefined || slo.tpot !== undefined,
        "expected ttft, tpot or both",
      )
      .optional()
      .describe("bounds that a request must meet to count as goodput"),
  })
  .superRefine(({ from, until }, context) => {
    if (typeof until === "number" && until <= (from ?? 0))
      refuse(context, until, "expected a time after measure.from", "until");
  })
  .describe("what part of the run the averages are over");

/** `measure` before defaults, times in seconds. */
export type RawMeasure = z.output<typeof measureField>;
