export { gpus } from "./gpus.ts";
export { latencyPresets } from "./latency-presets.ts";
export { models } from "./models.ts";
