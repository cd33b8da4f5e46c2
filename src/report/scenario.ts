import type { ResultDocument } from "../result.ts";
import { configNumber, configText, configValue, isRecord } from "./config-values.ts";
import { counted, fixed, gibibytes } from "./format.ts";

/** The pool in words: `15,728 slots (12.0 GiB)`; several sizes when the runs differ. */
export function poolText({ runs }: ResultDocument): string {
  const sizes = runs.map(({ memory: { slots, bytesPerToken } }) => {
    const bytes = bytesPerToken === null ? "" : ` (${gibibytes(slots * bytesPerToken)})`;
    return `${fixed(slots, 0)} slots${bytes}`;
  });
  return [...new Set(sizes)].join(" / ");
}

/** What was simulated in words: model, lengths, arrivals, requests and seeds. */
export function workloadText({ config, runs }: ResultDocument): string {
  const seeds = new Set(runs.map(({ seed }) => seed));
  const parts = [
    modelText(config),
    configText(config, "workload", "lengths", "dataset") ?? traceText(config),
    arrivalsText(config),
    systemPromptText(config),
    requestsText(runs.map(({ requests }) => requests.arrived)),
    seeds.size === 1 ? `seed ${[...seeds].join()}` : `${seeds.size} seeds`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** Over which time averages are taken, in words: `from 60 s to the last arrival`. */
export function windowText({ config }: ResultDocument): string | null {
  const from = configNumber(config, "measure", "fromSeconds");
  const until = configValue(config, "measure", "until");
  if (from === null) return null;
  const end = typeof until === "number" ? `${until} s` : WINDOW_ENDS[String(until)];
  if (end === undefined) return null;
  return `from ${from === 0 ? "the beginning" : `${from} s`} to ${end}`;
}

const WINDOW_ENDS: Readonly<Record<string, string>> = {
  end: "the end of the run",
  "last-arrival": "the last arrival",
};

function requestsText(arrived: readonly number[]): string {
  const [least, most] = [Math.min(...arrived), Math.max(...arrived)];
  if (arrived.length === 0) return "no requests";
  return least === most
    ? counted(most, "request")
    : `${fixed(least, 0)} to ${fixed(most, 0)} requests`;
}

function modelText(config: unknown): string | null {
  const model = configText(config, "model", "name");
  const gpu = configText(config, "gpu", "name");
  return model !== null && gpu !== null ? `${model} on ${gpu}` : model;
}

function traceText(config: unknown): string | null {
  const file = configText(config, "workload", "trace", "file");
  return file === null ? null : `trace ${file}`;
}

function systemPromptText(config: unknown): string | null {
  const tokens = configNumber(config, "workload", "prefix", "sharedTokens") ?? 0;
  const pool = configNumber(config, "workload", "prefix", "pool") ?? 1;
  if (tokens === 0) return null;
  const prompts = pool === 1 ? "a system prompt" : `one of ${pool} system prompts`;
  return `${prompts} of ${fixed(tokens, 0)} tokens`;
}

function arrivalsText(config: unknown): string | null {
  const process = configText(config, "workload", "arrivals", "process");
  if (process === null) return null;
  const rate = configNumber(config, "workload", "arrivals", "rate");
  const users = configNumber(config, "workload", "arrivals", "users");
  const conversations = configValue(config, "workload", "prefix", "conversations");
  if (rate !== null && isRecord(conversations)) return `${process} conversations at ${rate}/s`;
  if (rate !== null) return `${process} arrivals at ${rate}/s`;
  return users === null ? `${process} arrivals` : `${counted(users, "user")}, closed loop`;
}
