import type { Config, WorkloadConfig } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import type { Range } from "./search.ts";

/** What can be searched for. */
export const AXES = ["rate", "concurrency", "pool"] as const;
export type AxisName = (typeof AXES)[number];

/** One number of a config, and the numbers it may take. */
export interface Axis extends Range {
  readonly name: AxisName;
  /** `1/s`, `users`, `slots`. */
  readonly unit: string;
  /** The config with the number changed and all else as it was, seeds included. */
  at(value: number): Config;
}

/** Factor from the config's own value to either end. */
const REACH = 2 ** 10;

/** The number of a config that is searched. Throws {@link ConfigError} when the config has none of the kind. */
export function axisOf(config: Config, name: AxisName): Axis {
  switch (name) {
    case "rate":
      return rateAxis(config);
    case "concurrency":
      return usersAxis(config);
    case "pool":
      return poolAxis(config);
  }
}

function rateAxis(config: Config): Axis {
  const { arrivals } = config.workload;
  if (arrivals === null || arrivals.process === "closed")
    throw new ConfigError(
      "--find rate needs arrivals with a rate: set workload.arrivals={process: poisson, rate: 1}",
    );
  const { rate } = arrivals;
  return {
    name: "rate",
    unit: "1/s",
    ...{ start: rate, least: rate / REACH, most: rate * REACH, whole: false, seek: "largest" },
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
    ...{ start: arrivals.users, least: 1, most, whole: true, seek: "largest" },
    at: (value) => withArrivals(config, { ...arrivals, users: value }),
  };
}

function withArrivals(config: Config, arrivals: WorkloadConfig["arrivals"]): Config {
  return { ...config, workload: { ...config.workload, arrivals } };
}

function poolAxis(config: Config): Axis {
  const { slots, bytesPerToken } = config.pool;
  return {
    name: "pool",
    unit: "slots",
    ...{ start: slots, least: 1, most: slots * 64, whole: true, seek: "smallest" },
    at: (value) => ({ ...config, pool: { slots: value, bytesPerToken } }),
  };
}
