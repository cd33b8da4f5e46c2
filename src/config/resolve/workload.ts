import { resolve } from "node:path";
import { log, normalCdf } from "../../core/math.ts";
import { secondsToNanoseconds } from "../../core/time.ts";
import type {
  ArrivalsConfig,
  LengthConfig,
  LengthsConfig,
  PrefixConfig,
  WorkloadConfig,
} from "../config.ts";
import { type ConfigPath, ConfigProblem } from "../problem.ts";
import { requireFile } from "../read-input.ts";
import type { RawLaw } from "../schema/law.ts";
import { type RawPrefix, saysNothingInCommon } from "../schema/prefix.ts";
import type { RawWorkload } from "../schema/workload.ts";

/** Arrivals beyond this many seconds come too near to the end of simulated time (104 days). */
export const LATEST_ARRIVAL_SECONDS = 90 * 24 * 3600;

/** A law must fall between `min` and `max` at least this often, or drawing again would take for ever. */
const SMALLEST_CHANCE = 0.001;

type RawArrivals = NonNullable<RawWorkload["arrivals"]>;

/**
 * Fills in defaults; a trace's path is relative to `folder`, the config file's.
 * Throws {@link ConfigProblem} for what cannot be run, such as arrivals beyond simulated time.
 */
export function resolveWorkload(raw: RawWorkload, folder: string): WorkloadConfig {
  const arrivals = raw.arrivals === undefined ? null : arrivalsConfig(raw.arrivals);
  refuseEndlessArrivals(raw);
  return {
    requests: raw.requests ?? null,
    durationNs: raw.duration === undefined ? null : secondsToNanoseconds(raw.duration),
    arrivals,
    lengths: raw.lengths === undefined ? null : lengthsConfig(raw.lengths, raw.decoding),
    n: raw.decoding?.n ?? 1,
    prefix: prefixConfig(raw.prefix ?? {}),
    trace: raw.trace === undefined ? null : traceConfig(raw.trace, folder),
  };
}

function arrivalsConfig(raw: RawArrivals): ArrivalsConfig {
  const rate = raw.rate!;
  switch (raw.process) {
    case "poisson":
    case "deterministic":
      return { process: raw.process, rate };
    case "gamma":
      return { process: "gamma", rate, cv: raw.cv! };
    case "bursty":
      refuseEmptyBursts(raw);
      return { process: "bursty", rate, burst: raw.burst!, onSeconds: raw.onTime! };
    case "closed":
      return { process: "closed", users: raw.users!, thinkSeconds: raw.thinkTime ?? 0 };
  }
}

/**
 * A burst must have at least this many arrivals on average: bursts are drawn one by one, and nearly all of shorter ones would be drawn
 * for nothing. What they come to is a Poisson process.
 */
const FEWEST_ARRIVALS = 0.001;

function refuseEmptyBursts({ rate, burst, onTime }: RawArrivals): void {
  const arrivals = rate! * burst! * onTime!;
  if (arrivals >= FEWEST_ARRIVALS) return;
  const text =
    `a burst has ${Number(arrivals.toPrecision(2))} arrivals on average, expected at least ${FEWEST_ARRIVALS}; ` +
    "raise onTime, or use process: poisson, which bursts so short amount to";
  throw new ConfigProblem(["workload", "arrivals", "onTime"], text);
}

function refuseEndlessArrivals({ requests, duration, arrivals }: RawWorkload): void {
  if (requests === undefined || arrivals?.rate === undefined) return;
  const seconds = Math.min(requests / arrivals.rate, duration ?? Number.POSITIVE_INFINITY);
  if (seconds <= LATEST_ARRIVAL_SECONDS) return;
  const days = Math.ceil(seconds / (24 * 3600));
  const text = `requests / rate is ${days} days; at most 90 can be simulated`;
  throw new ConfigProblem(["workload", "arrivals", "rate"], text);
}

function traceConfig(raw: NonNullable<RawWorkload["trace"]>, folder: string) {
  const path = resolve(folder, raw.file);
  requireFile(["workload", "trace", "file"], path);
  return { path, format: raw.format, timeScale: raw.timeScale };
}

function lengthsConfig(
  raw: NonNullable<RawWorkload["lengths"]>,
  decoding: RawWorkload["decoding"],
): LengthsConfig {
  const equal = decoding?.outputs === "equal" ? ({ equalOutputs: true } as const) : {};
  if (raw.dataset !== undefined) return { kind: "dataset", dataset: raw.dataset, ...equal };
  const path = ["workload", "lengths"];
  return {
    kind: "independent",
    prompt: lengthConfig([...path, "prompt"], raw.prompt!),
    output: lengthConfig([...path, "output"], raw.output!),
    ...equal,
  };
}

function prefixConfig(raw: RawPrefix): PrefixConfig | null {
  if (saysNothingInCommon(raw)) return null;
  const { shared = 0, pool = 1, zipf = 0, turns, thinkTime = 0 } = raw;
  const conversations =
    turns === undefined
      ? null
      : {
          turns: lengthConfig(["workload", "prefix", "turns"], turns),
          thinkSeconds: thinkTime,
        };
  return { sharedTokens: shared, pool, zipf, conversations };
}

function lengthConfig(path: ConfigPath, raw: RawLaw): LengthConfig {
  const law = lawOf(path, raw);
  const min = raw.min ?? null;
  const max = raw.max ?? null;
  if (min !== null && max !== null && min > max)
    throw new ConfigProblem([...path, "min"], `expected at most max (${max}), got ${min}`);
  if (chanceWithin(law, min ?? 0, max ?? Number.POSITIVE_INFINITY) < SMALLEST_CHANCE)
    throw new ConfigProblem(path, "samples hardly ever fall between min and max");
  return { law, min, max };
}

function lawOf(path: ConfigPath, raw: RawLaw): LengthConfig["law"] {
  if (raw.constant !== undefined) return { kind: "constant", value: raw.constant };
  if (raw.lognormal !== undefined) return { kind: "lognormal", ...raw.lognormal };
  if (raw.uniform !== undefined) {
    const [low, high] = raw.uniform;
    if (low <= high) return { kind: "uniform", low, high };
    throw new ConfigProblem([...path, "uniform"], `expected [low, high], got [${low}, ${high}]`);
  }
  const knots = raw.quantiles!;
  refuseBrokenKnots([...path, "quantiles"], knots);
  return { kind: "quantiles", knots };
}

type Knots = readonly (readonly [number, number])[];

function refuseBrokenKnots(path: ConfigPath, knots: Knots): void {
  if (knots[0]![0] !== 0 || knots.at(-1)![0] !== 1)
    throw new ConfigProblem(path, "expected probabilities from 0 to 1");
  for (const [index, [probability, tokens]] of knots.entries()) {
    const [before, fewer] = knots[index - 1] ?? [-1, 0];
    if (probability > before && tokens >= fewer) continue;
    throw new ConfigProblem([...path, index], "expected rising probabilities and values");
  }
}

/** How often a sample of the law, rounded to whole tokens, is in [min, max]. */
function chanceWithin(law: LengthConfig["law"], min: number, max: number): number {
  return chanceBelow(law, max + 0.5) - chanceBelow(law, min - 0.5);
}

function chanceBelow(law: LengthConfig["law"], tokens: number): number {
  switch (law.kind) {
    case "constant":
      return law.value < tokens ? 1 : 0;
    case "uniform":
      return clamp((tokens - law.low + 0.5) / (law.high - law.low + 1));
    case "lognormal":
      return lognormalBelow(law.mean, law.sigma, tokens);
    case "quantiles":
      return knotsBelow(law.knots, tokens);
  }
}

function lognormalBelow(mean: number, sigma: number, tokens: number): number {
  if (tokens <= 0) return 0;
  if (tokens === Number.POSITIVE_INFINITY) return 1;
  if (sigma === 0) return mean < tokens ? 1 : 0;
  return normalCdf((log(tokens / mean) + sigma ** 2 / 2) / sigma);
}

function knotsBelow(knots: Knots, tokens: number): number {
  for (const [index, [probability, value]] of knots.entries()) {
    if (value < tokens) continue;
    const [before, fewer] = knots[index - 1] ?? [0, value];
    return value === fewer
      ? before
      : before + ((probability - before) * (tokens - fewer)) / (value - fewer);
  }
  return 1;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
