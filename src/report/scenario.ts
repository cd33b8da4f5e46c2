import type { ResultDocument } from "../result.ts";
import { configNumber, configText } from "./config-values.ts";
import { counted, duration, fixed, gibibytes } from "./format.ts";

/** The pool in words: `15,728 slots (12.0 GiB)`; several sizes when the runs differ. */
export function poolText({ runs }: ResultDocument): string {
  const sizes = runs.map(({ memory: { slots, bytesPerToken } }) => {
    const bytes = bytesPerToken === null ? "" : ` (${gibibytes(slots * bytesPerToken)})`;
    return `${fixed(slots, 0)} slots${bytes}`;
  });
  return [...new Set(sizes)].join(" / ");
}

/** What was simulated in words: model, lengths, arrivals, requests, simulated time and seeds. */
export function workloadText(document: ResultDocument): string {
  const { config, runs } = document;
  const first = runs[0];
  const seeds = new Set(runs.map((run) => run.seed));
  const parts = [
    modelText(config),
    configText(config, "workload", "lengths", "dataset") ?? traceText(config),
    arrivalsText(config),
    first &&
      `${counted(first.requests.arrived, "request")} in ${duration(first.simulated.seconds)}`,
    seeds.size === 1 ? `seed ${[...seeds].join()}` : `${seeds.size} seeds`,
  ];
  return parts.filter((part) => part).join(", ");
}

function modelText(config: unknown): string | null {
  const model = configText(config, "model", "name") ?? configText(config, "model");
  const gpu = configText(config, "gpu", "name") ?? configText(config, "gpu");
  return model !== null && gpu !== null ? `${model} on ${gpu}` : model;
}

function traceText(config: unknown): string | null {
  const file = configText(config, "workload", "trace", "file");
  return file === null ? null : `trace ${file}`;
}

function arrivalsText(config: unknown): string | null {
  const process = configText(config, "workload", "arrivals", "process");
  if (process === null) return null;
  const rate = configNumber(config, "workload", "arrivals", "rate");
  const users = configNumber(config, "workload", "arrivals", "users");
  if (rate !== null) return `${process} arrivals at ${rate}/s`;
  return users === null ? `${process} arrivals` : `${counted(users, "user")}, closed loop`;
}
