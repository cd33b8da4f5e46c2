import { secondsToNanoseconds } from "../../core/time.ts";
import type { ModelSpec } from "../catalog/specs.ts";
import type { Config, MeasureConfig } from "../config.ts";
import { ConfigProblem } from "../problem.ts";
import type { RawMeasure } from "../schema/engine.ts";
import type { RawConfig } from "../schema/index.ts";
import { resolveGpu } from "./latency.ts";
import { checkBlocks } from "./limits.ts";
import { bytesPerToken, resolveModel } from "./model.ts";
import { resolvePool } from "./pool.ts";
import { checkServing } from "./serving.ts";
import { resolveSetups } from "./setups.ts";
import { resolveWorkload } from "./workload.ts";

const DEFAULT_SEED = 42;

/**
 * Writes every default out and checks what depends on several keys. Paths are relative to `folder`; `name` is the
 * config file's base name. Throws {@link ConfigProblem}.
 */
export function resolveConfig(raw: RawConfig, folder: string, name: string): Config {
  const { tensorParallel, pipelineParallel } = raw;
  const resolved = resolveModel(raw, folder);
  if (resolved !== null) checkServing(resolved.architecture, raw);
  const model = resolved?.spec ?? null;
  const gpu = resolveGpu(raw);
  const tokenBytes = model === null ? null : bytesPerToken(model, tensorParallel);
  const maxModelLen = resolveMaxModelLen(raw.maxModelLen, model);
  const replica = { model, gpu, tensorParallel, pipelineParallel, bytesPerToken: tokenBytes };
  const setups = resolveSetups(raw, replica, maxModelLen);
  const pool = resolvePool({ raw, model: resolved, replica, maxModelLen, setups });
  checkBlocks(setups, pool);
  return {
    name: raw.name ?? name,
    seeds: raw.seeds ?? [raw.seed ?? DEFAULT_SEED],
    model,
    gpu,
    tensorParallel,
    pipelineParallel,
    maxModelLen,
    pool,
    workload: resolveWorkload(raw.workload, folder),
    measure: measureConfig(raw.measure),
    setups,
  };
}

function resolveMaxModelLen(given: number | undefined, model: ModelSpec | null): number {
  const maxModelLen = given ?? model?.maxModelLen;
  if (maxModelLen === undefined)
    throw new ConfigProblem(["maxModelLen"], "expected a number of tokens (there is no model)");
  return maxModelLen;
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
