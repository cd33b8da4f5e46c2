import type { Nanoseconds } from "../core/time.ts";
import { TIME_LIMIT_NS } from "../core/time.ts";
import type { Arrival, RequestStream } from "./workload.ts";
import { WorkloadError } from "./workload-error.ts";

/** Where a workload ends: after `requests` (perhaps ∞) requests, with none arriving after `durationNs`. */
export interface Limits {
  readonly requests: number;
  readonly durationNs: Nanoseconds | null;
}

/** Arrivals at the given times (never falling, null after the last), until a limit. */
export function openArrivals(
  nextTime: () => Nanoseconds | null,
  { requests, durationNs }: Limits,
): Pick<RequestStream, "nextArrival" | "nextOfUser"> {
  let issued = 0;
  const nextArrival = (): Arrival | null => {
    if (issued >= requests) return null;
    const atNs = nextTime();
    if (atNs === null || (durationNs !== null && atNs > durationNs)) {
      issued = requests;
      return null;
    }
    requireSimulable(atNs, issued);
    issued++;
    return { atNs, user: null };
  };
  return { nextArrival, nextOfUser: () => null };
}

/** Throws {@link WorkloadError} for an arrival beyond simulated time. */
export function requireSimulable(atNs: Nanoseconds, request: number): void {
  if (atNs > TIME_LIMIT_NS)
    throw new WorkloadError(
      `workload: request ${request} arrives after 104 days, the longest time that can be simulated`,
    );
}
