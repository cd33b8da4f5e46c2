import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { nanosecondsToSeconds } from "../core/time.ts";
import type { Config, SetupConfig, TraceConfig, WorkloadConfig } from "./config.ts";

/**
 * A config as the result shows it: every default written out, times in seconds, memory in bytes and slots, the trace as
 * base name and SHA-256 of the file as it lies there. Plain JSON values; the same on every machine.
 */
export function resolvedDocument(config: Config): unknown {
  return {
    name: config.name,
    seeds: config.seeds,
    model: config.model,
    gpu: config.gpu,
    tensorParallel: config.tensorParallel,
    pipelineParallel: config.pipelineParallel,
    maxModelLen: config.maxModelLen,
    memory: config.pool,
    workload: workloadDocument(config.workload),
    measure: measureDocument(config.measure),
    allocators: config.setups.map(setupDocument),
  };
}

function workloadDocument(workload: WorkloadConfig) {
  const { requests, durationNs, arrivals, lengths, n, prefix, trace } = workload;
  return {
    requests,
    durationSeconds: durationNs === null ? null : nanosecondsToSeconds(durationNs),
    arrivals,
    lengths,
    n,
    ...(prefix !== null && { prefix }),
    trace: trace === null ? null : traceDocument(trace),
  };
}

function traceDocument({ path, format, timeScale }: TraceConfig) {
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { file: basename(path), sha256, format, timeScale };
}

function measureDocument({ fromNs, until, slo }: Config["measure"]) {
  return {
    fromSeconds: nanosecondsToSeconds(fromNs),
    until: typeof until === "number" ? nanosecondsToSeconds(until) : until,
    slo,
  };
}

function setupDocument({ label, strategy, options, scheduler, preemption, latency }: SetupConfig) {
  return {
    label,
    strategy,
    ...options,
    scheduler: { ...scheduler, maxWaiting: scheduler.maxWaiting ?? "unlimited" },
    preemption,
    latency,
  };
}
