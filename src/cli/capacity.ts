import { AXES, type AxisName, axisOf, MOST_GPUS } from "../capacity/axis.ts";
import { type Capacity, capacityOf } from "../capacity/capacity.ts";
import type { OnRun } from "../capacity/probe.ts";
import { parseTarget, requireMeasured } from "../capacity/target.ts";
import type { Config } from "../config/config.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { nearest } from "../core/nearest.ts";
import { amount } from "./capacity-format.ts";
import { capacityJson } from "./capacity-json.ts";
import type { CapacityReport } from "./capacity-notes.ts";
import { capacityText } from "./capacity-text.ts";
import { CommandError, DONE, FAILED } from "./exit.ts";
import type { Output } from "./output.ts";
import { progressLine } from "./progress.ts";

/** Flags of `kvsim capacity`. */
export interface CapacityOptions extends LoadOptions {
  /** `rate`, `concurrency`, `pool` or `tp`. */
  readonly find: string;
  /** `PATH<=NUMBER, …` */
  readonly slo: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `kvsim capacity CONFIG`: 1 when no allocator has a load that meets the target. */
export async function capacity(
  path: string,
  options: CapacityOptions,
  output: Output,
): Promise<number> {
  const target = parseTarget(options.slo);
  const name = axisName(options.find);
  const config = name === "tp" ? loadLargest(path, options) : loadConfig(path, options);
  requireMeasured(target, config);
  const axis = axisOf(config, name, (setting) =>
    loadConfig(path, { ...options, set: [...options.set, setting] }),
  );
  const progress = progressLine({
    ...output,
    interactive: output.interactive && !options.quiet,
  });
  const capacities: Capacity[] = [];
  try {
    for (const [index, setup] of config.setups.entries()) {
      const onRun: OnRun = (ended, expected, load, seed) =>
        progress.update(ended, expected, `${setup.label}, ${amount(load, axis)}, seed ${seed}`);
      capacities.push(await capacityOf({ index, label: setup.label }, axis, target, onRun));
    }
  } finally {
    progress.clear();
  }
  const report: CapacityReport = { config, axis, target, capacities };
  if (options.json) output.out(capacityJson(report));
  else if (!options.quiet) output.out(capacityText(report));
  return capacities.some(({ edge }) => edge !== null) ? DONE : FAILED;
}

/** The config with the most GPUs that can share the model's heads: it fits on these if it fits at all. The search begins at one. */
function loadLargest(path: string, options: LoadOptions): Config {
  for (let gpus = MOST_GPUS; ; gpus /= 2) {
    try {
      return loadConfig(path, { ...options, set: [...options.set, `tensorParallel=${gpus}`] });
    } catch (error) {
      const isUnshared = error instanceof ConfigError && error.path === "tensorParallel";
      if (gpus === 1 || !isUnshared) throw error;
    }
  }
}

function axisName(text: string): AxisName {
  const found = AXES.find((name) => name === text);
  if (found !== undefined) return found;
  const near = nearest(text, AXES);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  throw new CommandError(`--find ${text}: expected ${AXES.join(", ")}${hint}`);
}
