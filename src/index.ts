/** kvsim as a library: load a config, run it, report it. */
export type { AllocatorDefinition, BuiltPool, PoolEnvironment } from "./allocators/definition.ts";
export { allocators } from "./allocators/index.ts";
export { invariants } from "./allocators/invariants.ts";
export type {
  Extents,
  Layout,
  Pool,
  PoolUsage,
  SequenceHolding,
  Tables,
} from "./allocators/pool.ts";
export type { Config } from "./config/config.ts";
export { loadConfig } from "./config/load.ts";
export { ConfigError } from "./config/problem.ts";
export { resolvedDocument } from "./config/resolved-document.ts";
export { reportFiles, terminalReport } from "./report/index.ts";
export type { ResultDocument, RunResult } from "./result.ts";
export { type SimulateOptions, simulate } from "./simulate.ts";
