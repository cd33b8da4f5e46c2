/**
 * What Kwon et al., "Efficient Memory Management for Large Language Model Serving with PagedAttention" (SOSP'23,
 * arXiv 2309.06180) print in Fig 2 and Fig 13 for OPT-13B on one A100-40GB, where Orca runs on a buddy allocator.
 */

/** Fig 13 prints `running`, Fig 2 the rest, whose "external & others" includes what is idle. */
export type PublishedMetric = "running" | "tokens" | "reserved" | "internal" | "external & others";

/** One bar of a figure, as its label prints it. */
export interface PublishedValue {
  readonly figure: "Fig 2" | "Fig 13";
  readonly dataset: "sharegpt-sosp23" | "alpaca-sosp23";
  readonly system: "orca-max" | "orca-pow2" | "orca-oracle" | "vllm";
  /** `running`: average number of batched requests; the others: average % of the KV memory. */
  readonly metric: PublishedMetric;
  /** Requests per second at which it was measured; Fig 2 does not say. */
  readonly rate: number | null;
  readonly value: number;
}

/** 12 GiB of KV cache at 819,200 bytes a token (Table 1 and §3 of the paper). */
export const PAPER_POOL_SLOTS = 15_728;

/** Longest context of OPT-13B, which Orca (Max) reserves. */
export const PAPER_MODEL_LENGTH = 2048;

function fig2(system: PublishedValue["system"], metric: PublishedMetric, value: number) {
  const dataset = "sharegpt-sosp23";
  return { figure: "Fig 2", dataset, system, metric, rate: null, value } as const;
}

function fig13(
  dataset: PublishedValue["dataset"],
  system: PublishedValue["system"],
  value: number,
) {
  const rate = dataset === "sharegpt-sosp23" ? 2 : 30;
  return { figure: "Fig 13", dataset, system, metric: "running", rate, value } as const;
}

/** The bars that kvsim's own runs are set beside. */
export const PUBLISHED: readonly PublishedValue[] = [
  fig13("sharegpt-sosp23", "orca-max", 7),
  fig13("sharegpt-sosp23", "orca-pow2", 9.81),
  fig13("sharegpt-sosp23", "orca-oracle", 13.62),
  fig13("sharegpt-sosp23", "vllm", 30.42),
  fig13("alpaca-sosp23", "orca-max", 7),
  fig13("alpaca-sosp23", "orca-pow2", 43.24),
  fig13("alpaca-sosp23", "orca-oracle", 72.75),
  fig13("alpaca-sosp23", "vllm", 132.44),
  fig2("orca-max", "tokens", 20.4),
  fig2("orca-max", "reserved", 13.3),
  fig2("orca-max", "internal", 57.3),
  fig2("orca-max", "external & others", 8.9),
  fig2("orca-pow2", "tokens", 26.8),
  fig2("orca-pow2", "reserved", 17.9),
  fig2("orca-pow2", "internal", 13.6),
  fig2("orca-pow2", "external & others", 41.6),
  fig2("orca-oracle", "tokens", 38.2),
  fig2("orca-oracle", "reserved", 25.2),
  fig2("orca-oracle", "internal", 0),
  fig2("orca-oracle", "external & others", 36.6),
  fig2("vllm", "tokens", 96.3),
];

/** Why a simulated value differs from a published one. */
interface Note {
  readonly figure: PublishedValue["figure"];
  readonly dataset: PublishedValue["dataset"];
  readonly system: PublishedValue["system"];
  /** Null: any metric of the figure. */
  readonly metric: PublishedMetric | null;
  /** On which side of the published value the simulated one lies; null: on either. */
  readonly side: "above" | "below" | null;
  /** Whether it holds only at a higher arrival rate than the published one. */
  readonly atHigherRate: boolean;
  readonly note: string;
}

const NOTES: readonly Note[] = [
  {
    figure: "Fig 13",
    dataset: "sharegpt-sosp23",
    system: "vllm",
    metric: "running",
    side: "above",
    atHigherRate: true,
    note: "the paper's run at 2 requests/s does not fill the pool; this one is saturated",
  },
  {
    figure: "Fig 13",
    dataset: "alpaca-sosp23",
    system: "vllm",
    metric: "running",
    side: null,
    atHigherRate: false,
    note: "by Little's law this is arrival rate × time in service, not memory: half the pool is idle here, and 132.44 at 30 requests/s means 4.4 s a request where the step times fitted to a later engine give 3.4 s",
  },
  {
    figure: "Fig 2",
    dataset: "sharegpt-sosp23",
    system: "orca-pow2",
    metric: null,
    side: null,
    atHigherRate: false,
    note: "the stand-in has the mean and the spread of the paper's outputs, not their shape: what rounding to powers of two costs depends on where between two powers the lengths lie",
  },
  {
    figure: "Fig 13",
    dataset: "alpaca-sosp23",
    system: "orca-pow2",
    metric: "running",
    side: "above",
    atHigherRate: false,
    note: "the stand-in is a public Alpaca table scaled to the paper's two means; its shape, which decides the buddy's rounding, is not the paper's sample",
  },
  {
    figure: "Fig 13",
    dataset: "alpaca-sosp23",
    system: "orca-oracle",
    metric: "running",
    side: "above",
    atHigherRate: false,
    note: "the stand-in is a public Alpaca table scaled to the paper's two means; its shape, which decides the buddy's rounding, is not the paper's sample",
  },
];

/** The stated reason for a value on that `side` of the published one at `rate` requests per second, or null. */
export function noteFor(
  published: PublishedValue,
  side: "above" | "below",
  rate: number | null,
): string | null {
  const isHigher = rate !== null && published.rate !== null && rate > published.rate;
  const found = NOTES.find(
    ({ figure, dataset, system, metric, side: noted, atHigherRate }) =>
      figure === published.figure &&
      dataset === published.dataset &&
      system === published.system &&
      (metric === null || metric === published.metric) &&
      (noted === null || noted === side) &&
      (!atHigherRate || isHigher),
  );
  return found?.note ?? null;
}
