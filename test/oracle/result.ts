import type { RunResult, VerdictStatus } from "../../src/result.ts";

/** The parts of a {@link RunResult} that are numbers and not words. */
export interface OracleResult
  extends Pick<
    RunResult,
    | "requests"
    | "memory"
    | "concurrency"
    | "latency"
    | "throughput"
    | "preemption"
    | "sharing"
    | "simulated"
    | "timeline"
    | "fingerprint"
  > {
  readonly verdict: { readonly status: VerdictStatus };
}

/** The parts of an engine's result that the oracle gives an opinion on. */
export function comparable(result: RunResult): OracleResult {
  const { requests, memory, concurrency, latency, throughput, preemption } = result;
  const { sharing, simulated, timeline, fingerprint } = result;
  const verdict = { status: result.verdict.status };
  return {
    ...{ verdict, requests, memory, concurrency, latency, throughput, preemption },
    ...{ sharing, simulated, timeline, fingerprint },
  };
}
