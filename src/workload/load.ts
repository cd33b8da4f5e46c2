import type { Config, TraceConfig, WorkloadConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { randomStream } from "../core/random.ts";
import { type Nanoseconds, secondsToNanoseconds } from "../core/time.ts";
import type { Request } from "../request.ts";
import { arrivalTimes } from "./arrivals.ts";
import { closedArrivals } from "./closed-loop.ts";
import { lengthsSampler } from "./lengths.ts";
import { type Limits, openArrivals } from "./open-stream.ts";
import type { LengthsSampler } from "./request-lengths.ts";
import { readTrace } from "./trace/index.ts";
import { contentOf, type Trace } from "./trace/trace.ts";
import { TraceError } from "./trace/trace-error.ts";
import type { RequestStream, Workload } from "./workload.ts";

/**
 * Reads what a workload needs, so that each run can open it. `workload.arrivals` and `workload.lengths` win over the
 * trace's. The config has been validated; {@link TraceError} is thrown for a trace that cannot be used, and
 * `WorkloadError` for lengths that cannot be drawn.
 */
export async function loadWorkload({ workload }: Pick<Config, "workload">): Promise<Workload> {
  const trace =
    workload.trace === null ? null : await readTrace(workload.trace.path, workload.trace.format);
  const limits = limitsOf(workload, trace);
  assert(limits.requests < Infinity || limits.durationNs !== null, "a workload without an end");
  if (workload.arrivals === null) requireTimes(workload.trace, trace);
  if (workload.lengths !== null) lengthsSampler(randomStream(0, "trial"), workload.lengths)(1);
  return {
    expectedRequests: limits.durationNs === null ? limits.requests : null,
    open: (seed) => ({
      ...arrivals(workload, trace, limits, seed),
      create: requestMaker(workload, trace, seed),
    }),
  };
}

function limitsOf({ requests, durationNs }: WorkloadConfig, trace: Trace | null): Limits {
  return { requests: Math.min(requests ?? Infinity, trace?.rows ?? Infinity), durationNs };
}

function requireTimes(config: TraceConfig | null, trace: Trace | null): void {
  assert(config !== null && trace !== null, "a workload without arrivals");
  if (trace.arrivalNs === null)
    throw new TraceError(config.path, 1, 1, "no arrival times", "some, or `workload.arrivals`");
}

function arrivals(
  { arrivals: process, trace: traceConfig }: WorkloadConfig,
  trace: Trace | null,
  limits: Limits,
  seed: number,
): Pick<RequestStream, "nextArrival" | "nextOfUser"> {
  if (process === null)
    return openArrivals(traceTimes(trace!.arrivalNs!, traceConfig!.timeScale), limits);
  if (process.process === "closed") return closedArrivals(seed, process, limits);
  const next = arrivalTimes(randomStream(seed, "arrivals"), process);
  return openArrivals(() => secondsToNanoseconds(next()), limits);
}

function traceTimes(arrivalNs: Float64Array, timeScale: number): () => Nanoseconds | null {
  let row = 0;
  return () => (row < arrivalNs.length ? Math.round(arrivalNs[row++]! * timeScale) : null);
}

function requestMaker(
  { lengths, n }: WorkloadConfig,
  trace: Trace | null,
  seed: number,
): RequestStream["create"] {
  const draw: LengthsSampler | null =
    lengths === null ? null : lengthsSampler(randomStream(seed, "lengths"), lengths);
  let created = 0;
  return (id, { atNs, user }): Request => {
    assert(id === created++, "a request is created out of order");
    const sequences = trace?.sequences[id] || n;
    const { promptTokens, outputTokens } =
      draw === null ? traceLengths(trace!, id, sequences) : draw(sequences);
    return {
      id,
      arrivalNs: atNs,
      promptTokens,
      outputTokens,
      priority: trace?.priority[id] ?? 0,
      content: draw === null ? contentOf(trace!, id) : null,
      outputContent: null,
      user,
    };
  };
}

/** A trace has one output length a request: all its sequences have it. */
function traceLengths(trace: Trace, row: number, n: number): ReturnType<LengthsSampler> {
  return {
    promptTokens: trace.promptTokens[row]!,
    outputTokens: new Array<number>(n).fill(trace.outputTokens[row]!),
  };
}
