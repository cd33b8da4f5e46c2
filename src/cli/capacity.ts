import { AXES, type AxisName, axisOf } from "../capacity/axis.ts";
import { type Capacity, capacityOf } from "../capacity/capacity.ts";
import type { OnRun } from "../capacity/probe.ts";
import { parseTarget } from "../capacity/target.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { nearest } from "../core/nearest.ts";
import { fixed } from "../report/format.ts";
import { capacityJson } from "./capacity-json.ts";
import { type CapacityReport, capacityText } from "./capacity-text.ts";
import { CommandError, DONE, FAILED } from "./exit.ts";
import type { Output } from "./output.ts";
import { progressLine } from "./progress.ts";

export interface CapacityOptions extends LoadOptions {
  /** `rate`, `concurrency` or `pool`. */
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
  const config = loadConfig(path, options);
  const axis = axisOf(config, name);
  const progress = progressLine({
    ...output,
    interactive: output.interactive && !options.quiet,
  });
  const capacities: Capacity[] = [];
  try {
    for (const setup of config.setups) {
      const onRun: OnRun = (ended, expected, load, seed) =>
        progress.update(
          ended,
          expected,
          `${setup.label}, ${fixed(load, axis.whole ? 0 : 3)} ${axis.unit}, seed ${seed}`,
        );
      capacities.push(await capacityOf(setup, axis, target, onRun));
    }
  } finally {
    progress.clear();
  }
  const report: CapacityReport = { config, axis, target, capacities };
  if (options.json) output.out(capacityJson(report));
  else if (!options.quiet) output.out(capacityText(report));
  return capacities.some(({ edge }) => edge !== null) ? DONE : FAILED;
}

function axisName(text: string): AxisName {
  const found = AXES.find((name) => name === text);
  if (found !== undefined) return found;
  if (text === "tp")
    throw new CommandError(
      "--find tp is not there yet: try sizes one by one with kvsim run --set tensorParallel=2",
    );
  const near = nearest(text, AXES);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  throw new CommandError(`--find ${text}: expected ${AXES.join(", ")}${hint}`);
}
