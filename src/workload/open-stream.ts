import type { Nanoseconds } from "../core/time.ts";
import { TIME_LIMIT_NS } from "../core/time.ts";
import type { Arrival, Foreseeable } from "./workload.ts";
import { WorkloadError } from "./workload-error.ts";

/** Where a workload ends: after `requests` (perhaps ∞) requests, with none arriving after `durationNs`. */
export interface Limits {
  readonly requests: number;
  readonly durationNs: Nanoseconds | null;
}

/** Writes arrival times, never falling; fewer than there is room for when there are no more. Returns how many. */
export type Times = (intoNs: Float64Array) => number;

/** Arrivals at the given times, until a limit: one by one, or a block at a time. */
export class OpenArrivals {
  private readonly times: Times;
  private readonly durationNs: Nanoseconds;
  private readonly one = new Float64Array(1);
  #come = 0;
  /** How many may yet come. */
  #left: number;

  constructor(times: Times, { requests, durationNs }: Limits) {
    this.times = times;
    this.durationNs = durationNs ?? Infinity;
    this.#left = requests;
  }

  next(): Arrival | null {
    return this.fill(this.one) === 0 ? null : { atNs: this.one[0]!, user: null };
  }

  /** Writes when the next ones come, as `arrivals` of a {@link Foreseeable} does. */
  fill(intoNs: Float64Array): number {
    const wanted = Math.min(intoNs.length, this.#left);
    const drawn = this.times(wanted < intoNs.length ? intoNs.subarray(0, wanted) : intoNs);
    let count = 0;
    for (; count < drawn && intoNs[count]! <= this.durationNs; count += 1)
      requireSimulable(intoNs[count]!, this.#come + count);
    this.#come += count;
    this.#left = count < wanted ? 0 : this.#left - count;
    return count;
  }
}

/** Throws {@link WorkloadError} for an arrival beyond simulated time. */
export function requireSimulable(atNs: Nanoseconds, request: number): void {
  if (atNs > TIME_LIMIT_NS)
    throw new WorkloadError(
      `workload: request ${request} arrives after 104 days, the longest time that can be simulated; ` +
        "lower requests, thinkTime or timeScale, or raise rate",
    );
}
