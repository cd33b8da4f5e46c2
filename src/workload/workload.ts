import type { Nanoseconds } from "../core/time.ts";
import type { Request } from "../request.ts";

/** Requests as they come, one stream per run; the same seed gives every allocator the same requests. */
export interface RequestStream {
  /** Its requests a block at a time, in place of all else here; null where they cannot be known before they come. */
  readonly foreseeable: Foreseeable | null;
  /**
   * The next arrival that waits for no other request's end, in order of time; null when there are no more.
   * Open processes and traces give all arrivals here; a closed loop gives each user's first, conversations their first turns.
   * It is asked for when the one before has come and all that this caused at once is done: a limit counts in that order.
   */
  nextArrival(): Arrival | null;
  /**
   * Closed loop and conversations: when the user of a request that ended at `nowNs`, answered or not, sends the next; null when
   * none follows.
   */
  nextOfUser(user: number, nowNs: Nanoseconds): Nanoseconds | null;
  /** The request that arrives now. Called in order of arrival, with id 0, 1, 2 … */
  create(id: number, arrival: Arrival): Request;
}

/** Requests of one sequence, of which nothing but their lengths is known, and none of which waits for another's end: they can be drawn ahead of time. */
export interface Foreseeable {
  /** Writes when the next ones come; fewer than there is room for when no more do. Returns how many. */
  arrivals(intoNs: Float64Array): number;
  /** Writes the lengths of the next `count`. */
  lengths(prompts: Int32Array, outputs: Int32Array, count: number): void;
}

/** When a request comes and from whom; what it asks for is drawn only when it is there. */
export interface Arrival {
  readonly atNs: Nanoseconds;
  /** Closed loop: who sends it; conversations: which; otherwise null. */
  readonly user: number | null;
}

/** A workload that is ready to run: files are read and tables are built. */
export interface Workload {
  /** Number of requests if it is known beforehand, for progress; null otherwise. */
  readonly expectedRequests: number | null;
  open(seed: number): RequestStream;
}
