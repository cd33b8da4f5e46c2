import type { Config, TraceConfig, WorkloadConfig } from "../config/config.ts";
import { assert } from "../core/assert.ts";
import { randomStream } from "../core/random.ts";
import { secondsToNanoseconds } from "../core/time.ts";
import { arrivalTimes, type OpenProcess } from "./arrivals.ts";
import { closedArrivals } from "./closed-loop.ts";
import { Conversations } from "./conversations.ts";
import { lengthsSampler, turnsSampler } from "./lengths.ts";
import { type Limits, OpenArrivals, type Times } from "./open-stream.ts";
import { requestMaker } from "./request-maker.ts";
import { readTrace } from "./trace/index.ts";
import type { Trace } from "./trace/trace.ts";
import { TraceError } from "./trace/trace-error.ts";
import type { RequestStream, Workload } from "./workload.ts";

/** What a workload depends on: conversations end where the model's context does. */
type WorkloadSource = Pick<Config, "workload" | "maxModelLen">;

/**
 * Reads what a workload needs, so that each run can open it. `workload.arrivals` and `workload.lengths` win over the
 * trace's. The config has been validated; {@link TraceError} is thrown for a trace that cannot be used, and
 * `WorkloadError` for lengths or turns that cannot be drawn.
 */
export async function loadWorkload({ workload, maxModelLen }: WorkloadSource): Promise<Workload> {
  const trace =
    workload.trace === null ? null : await readTrace(workload.trace.path, workload.trace.format);
  const limits = limitsOf(workload, trace);
  assert(limits.requests < Infinity || limits.durationNs !== null, "a workload without an end");
  if (workload.arrivals === null) requireTimes(workload.trace, trace);
  tryLaws(workload);
  return {
    expectedRequests: limits.durationNs === null ? limits.requests : null,
    open: (seed) =>
      conversations({ workload, maxModelLen }, limits, seed) ??
      independent(workload, trace, limits, seed),
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

/** Draws once from each law, so that one that gives nothing is refused before anything runs. */
function tryLaws({ lengths, prefix }: WorkloadConfig): void {
  const random = randomStream(0, "trial");
  if (lengths !== null) lengthsSampler(random, lengths)(1);
  const turns = prefix?.conversations?.turns;
  if (turns !== undefined) turnsSampler(random, turns)();
}

/** Null where no request goes on from another. */
function conversations(
  { workload, maxModelLen }: WorkloadSource,
  limits: Limits,
  seed: number,
): RequestStream | null {
  const { arrivals: process, lengths, n, prefix } = workload;
  const talk = prefix?.conversations ?? null;
  if (prefix === null || talk === null) return null;
  assert(
    lengths !== null && process !== null && process.process !== "closed",
    "conversations need lengths, and arrivals that have a rate",
  );
  return new Conversations({
    ...{ seed, lengths, n, limits, maxModelLen },
    times: processTimes(process, seed),
    prefix: { ...prefix, conversations: talk },
  });
}

/** Requests that do not go on from each other. */
function independent(
  workload: WorkloadConfig,
  trace: Trace | null,
  limits: Limits,
  seed: number,
): RequestStream {
  const { arrivals: process, trace: traceConfig } = workload;
  const { create, lengths } = requestMaker(workload, trace, seed);
  if (process !== null && process.process === "closed")
    return { ...closedArrivals(seed, process, limits), create, foreseeable: null };
  const times =
    process === null
      ? traceTimes(trace!.arrivalNs!, traceConfig!.timeScale)
      : processTimes(process, seed);
  const open = new OpenArrivals(times, limits);
  return {
    nextArrival: () => open.next(),
    nextOfUser: () => null,
    create,
    foreseeable: lengths === null ? null : { arrivals: (intoNs) => open.fill(intoNs), lengths },
  };
}

function processTimes(process: OpenProcess, seed: number): Times {
  const fill = arrivalTimes(randomStream(seed, "arrivals"), process);
  return (into) => {
    fill(into);
    for (let row = 0; row < into.length; row += 1) into[row] = secondsToNanoseconds(into[row]!);
    return into.length;
  };
}

function traceTimes(arrivalNs: Float64Array, timeScale: number): Times {
  let row = 0;
  return (into) => {
    const count = Math.min(into.length, arrivalNs.length - row);
    for (let at = 0; at < count; at += 1) into[at] = Math.round(arrivalNs[row + at]! * timeScale);
    row += count;
    return count;
  };
}
