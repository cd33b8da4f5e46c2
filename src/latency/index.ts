import type { LatencyConfig } from "../config/config.ts";
import type { LatencyModel } from "./latency.ts";
import { linearLatency } from "./linear.ts";
import { rooflineLatency } from "./roofline.ts";

/** The step-time model a config asks for. */
export function latencyModel(config: LatencyConfig): LatencyModel {
  return config.model === "linear" ? linearLatency(config) : rooflineLatency(config);
}
