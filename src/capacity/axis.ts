import type { Config, WorkloadConfig } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { mostSlotsOf } from "../config/resolve/limits.ts";
import { LATEST_ARRIVAL_SECONDS } from "../config/resolve/workload.ts";
import type { Range } from "./search.ts";

/** What can be searched for. */
export const AXES = ["rate", "concurrency", "pool", "tp"] as const;

/** One of the numbers that can be searched for. */
export type AxisName = (typeof AXES)[number];

/** One number of a config, and the numbers it may take. */
export interface Axis extends Range {
  readonly name: AxisName;
  /** `1/s`, `users`, `slots`, `GPUs`. */
  readonly unit: string;
  /** The config with the number changed and all else as it was, seeds included; throws {@link ConfigError} where the model does not fit. */
  at(value: number): Config;
  /** Whether requests come at a rate, served or not: how long a queue gets may then be a matter of how long the run is. */
  readonly hasRate: boolean;
  /** How far from the edge, as a part of it, the target is looked at again. */
  readonly step: number;
}

/** A few percent of load or memory. */
const FEW_PERCENT = 0.05;

/** Loads the config again with one more `path=value` setting: what depends on that number is worked out anew. */
export type Reload = (setting: string) => Config;

/** Times as long as the mean that the arrivals of a run may take. */
const ROOM_FOR_CHANCE = 4;

/** Factor from the config's own value to either end. */
const REACH = 2 ** 10;

/** The number of a config that is searched. Throws {@link ConfigError} when the config has none of the kind. */
export function axisOf(config: Config, name: AxisName, reload: Reload): Axis {
  switch (name) {
    case "rate":
      return rateAxis(config);
    case "concurrency":
      return usersAxis(config);
    case "pool":
      return poolAxis(config);
    case "tp":
      return tensorParallelAxis(config, reload);
  }
}

function rateAxis(config: Config): Axis {
  const { arrivals } = config.workload;
  if (arrivals === null || arrivals.process === "closed")
    throw new ConfigError(
      "--find rate needs arrivals with a rate: set workload.arrivals={process: poisson, rate: 1}",
    );
  const { rate } = arrivals;
  // Slower, the last request might come later than can be simulated: arrivals are random.
  const slowest = (ROOM_FOR_CHANCE * (config.workload.requests ?? 0)) / LATEST_ARRIVAL_SECONDS;
  const least = Math.min(rate, Math.max(rate / REACH, slowest));
  return {
    name: "rate",
    unit: "1/s",
    hasRate: true,
    step: FEW_PERCENT,
    ...{ start: rate, least, most: rate * REACH, whole: false, seek: "largest" },
    at: (value) => withArrivals(config, { ...arrivals, rate: value }),
  };
}

function usersAxis(config: Config): Axis {
  const { arrivals, requests } = config.workload;
  if (arrivals?.process !== "closed")
    throw new ConfigError(
      "--find concurrency needs a closed loop: set workload.arrivals={process: closed, users: 10}",
    );
  const most = Math.min(arrivals.users * REACH, requests ?? Infinity);
  return {
    name: "concurrency",
    unit: "users",
    hasRate: false,
    step: FEW_PERCENT,
    ...{ start: arrivals.users, least: 1, most, whole: true, seek: "largest" },
    at: (value) => withArrivals(config, { ...arrivals, users: value }),
  };
}

function withArrivals(config: Config, arrivals: WorkloadConfig["arrivals"]): Config {
  return { ...config, workload: { ...config.workload, arrivals } };
}

/** A closed loop waits for its answers, and a trace is as long as it is. */
function hasRate({ workload: { arrivals } }: Config): boolean {
  return arrivals !== null && arrivals.process !== "closed";
}

function poolAxis(config: Config): Axis {
  const { slots, bytesPerToken } = config.pool;
  const most = Math.min(slots * 64, ...config.setups.map(mostSlotsOf));
  return {
    name: "pool",
    unit: "slots",
    hasRate: hasRate(config),
    step: FEW_PERCENT,
    ...{ start: slots, least: 1, most, whole: true, seek: "smallest" },
    at: (value) => ({ ...config, pool: { slots: value, bytesPerToken } }),
  };
}

/** The largest tensor-parallel size that is tried. */
export const MOST_GPUS = 64;

/**
 * Sizes are powers of two, as engines want them, so neighbours differ by a factor of two and the step is a half. `config` has the largest
 * that can share its model.
 */
function tensorParallelAxis(config: Config, reload: Reload): Axis {
  const known = new Map<number, Config>();
  const most = Math.min(MOST_GPUS, config.tensorParallel);
  return {
    name: "tp",
    unit: "GPUs",
    hasRate: hasRate(config),
    step: 0.5,
    ...{ start: 1, least: 1, most, whole: true, seek: "smallest", tolerance: 1 },
    at(value) {
      const sized = known.get(value) ?? reload(`tensorParallel=${value}`);
      known.set(value, sized);
      return sized;
    },
  };
}
