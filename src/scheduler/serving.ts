import type { Growth } from "../core/growth.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { Batch, Ending, FactSink } from "../facts.ts";
import type { Price } from "../latency/latency.ts";
import type { Request } from "../request.ts";

/** Whom a serving side tells what happens. */
export interface Outside {
  readonly facts: FactSink;
  /** A request has finished, failed or been rejected, and is told of already. */
  readonly ended: (request: Request, atNs: Nanoseconds) => void;
}

/** Ids of the requests of one replica. */
export interface Queues {
  /** In the order in which the scheduler asks them, those admitted by the last round at the end. */
  readonly running: readonly number[];
  /** The head first. */
  readonly waiting: readonly number[];
  /** Swapped out, the first to come back first. */
  readonly swapped: readonly number[];
}

/**
 * The requests of one replica, from arrival to end: who waits, who runs, and what the next iteration does. All that happens goes out
 * as facts; of time it knows only what it is told.
 */
export interface Serving {
  /** Requests that wait, run or are swapped out. */
  readonly present: number;
  /** How the run ended, once nothing can go on. */
  readonly ending: Ending | null;
  /** Takes in a request, or turns it away for good. */
  arrive(request: Request): void;
  /** Nothing is running: decides what runs next; null if nothing does until somebody arrives, or ever. */
  next(atNs: Nanoseconds): Batch | null;
  /** Iterations of the batch, ≥ 1, before any decision can differ from the last one, but for arrivals. */
  quietIterations(price: Price): number;
  /** Whether a decision can differ before that because somebody arrives. */
  readonly heedsArrivals: boolean;
  /** `steps` iterations of the batch pass: gives the decoding sequences the room that they use up, in order; valid until the next round. */
  grow(steps: number): Growth;
  /** `steps` iterations of the batch have ended. */
  complete(steps: number, atNs: Nanoseconds): void;
  /** Who runs and who waits, for those who look on. O(requests). */
  queues(): Queues;
}
