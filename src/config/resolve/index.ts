import { secondsToNanoseconds } from "../../core/time.ts";
import type { ModelSpec } from "../catalog/specs.ts";
import type { Config, MeasureConfig } from "../config.ts";
import { ConfigProblem } from "../problem.ts";
import type { RawMeasure } from "../schema/engine.ts";
import { MOST_SLOTS } from "../schema/hardware.ts";
import type { RawConfig } from "../schema/index.ts";
import { resolveGpu } from "./latency.ts";
import { bytesPerToken, resolveModel } from "./model.ts";
import { resolveSetups } from "./setups.ts";
import { resolveWorkload } from "./workload.ts";

const DEFAULT_SEED = 42;

/**
 * Writes every default out and checks what depends on several keys. Paths are relative to `folder`; `name` is the
 * config file's base name. Throws {@link ConfigProblem}.
 */
export function resolveConfig(raw: RawConfig, folder: string, name: string): Config {
  const { tensorParallel, pipelineParallel } = raw;
  const model = resolveModel(raw, folder);
  const gpu = resolveGpu(raw);
  const tokenBytes = model === null ? null : bytesPerToken(model, tensorParallel);
  const maxModelLen = resolveMaxModelLen(raw.maxModelLen, model);
  const slots = poolSlots(raw.memory, tokenBytes);
  const replica = { model, gpu, tensorParallel, pipelineParallel, bytesPerToken: tokenBytes };
  return {
    name: raw.name ?? name,
    seeds: raw.seeds ?? [raw.seed ?? DEFAULT_SEED],
    model,
    gpu,
    tensorParallel,
    pipelineParallel,
    maxModelLen,
    pool: { slots, bytesPerToken: tokenBytes },
    workload: resolveWorkload(raw.workload, folder),
    measure: measureConfig(raw.measure),
    setups: resolveSetups(raw, replica, { slots, maxModelLen }),
  };
}

function resolveMaxModelLen(given: number | undefined, model: ModelSpec | null): number {
  const own = model?.maxModelLen;
  const maxModelLen = given ?? own;
  if (maxModelLen === undefined)
    throw new ConfigProblem(["maxModelLen"], "expected a number of tokens (there is no model)");
  if (own !== undefined && maxModelLen > own) {
    const text = `expected at most ${own}, the longest context of ${model!.name}, got ${given}`;
    throw new ConfigProblem(["maxModelLen"], text);
  }
  return maxModelLen;
}

function poolSlots(memory: RawConfig["memory"], tokenBytes: number | null): number {
  if (memory.slots !== undefined) return memory.slots;
  const path = ["memory", "kvPool"];
  if (tokenBytes === null)
    throw new ConfigProblem(path, "a pool in bytes needs a model; give model, or memory.slots");
  const slots = Math.floor(memory.kvPool! / tokenBytes);
  if (slots > MOST_SLOTS)
    throw new ConfigProblem(path, `that is ${slots} slots; at most ${MOST_SLOTS} can be simulated`);
  return slots;
}

function measureConfig(raw: RawMeasure | undefined): MeasureConfig {
  const until = raw?.until ?? "last-arrival";
  const slo = raw?.slo;
  return {
    fromNs: secondsToNanoseconds(raw?.from ?? 0),
    until: typeof until === "number" ? secondsToNanoseconds(until) : until,
    slo:
      slo === undefined ? null : { ttftSeconds: slo.ttft ?? null, tpotSeconds: slo.tpot ?? null },
  };
}
