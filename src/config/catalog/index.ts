export { gpus } from "./gpus.ts";
export { latencyPresets } from "./latency-presets.ts";
export { architectures, catalogueModels, models } from "./models/index.ts";
