export { loadWorkload } from "./load.ts";
export { type LengthSummary, type TraceStatistics, traceStatistics } from "./statistics.ts";
export { traceFormats } from "./trace/index.ts";
export { TraceError } from "./trace/trace-error.ts";
export type { Arrival, RequestStream, Workload } from "./workload.ts";
export { WorkloadError } from "./workload-error.ts";
