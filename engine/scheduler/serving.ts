import { Growth } from "../core/growth";
import { Price, Work } from "../latency/latency";
import * as COLUMN from "../metrics/space-columns";
import { Group } from "../request";
import { Facts } from "./facts";

/** How a run ended: not at all, with nobody who can go on, or cut short (src/engine/figures.ts). */
export const GOES_ON: i32 = 0;
export const STALLED: i32 = 1;
export const ABORTED: i32 = 2;

/** How a run ended early, on whom, and the slots that were needed and there. */
@final
export class Ending {
  status: i32 = GOES_ON;
  request: i32 = 0;
  need: f64 = 0;
  have: f64 = 0;

  set(status: i32, request: i32, need: f64, have: f64): void {
    this.status = status;
    this.request = request;
    this.need = need;
    this.have = have;
  }
}

/** Whom a serving side tells what happens. */
export abstract class Outside {
  readonly facts: Facts;

  constructor(facts: Facts) {
    this.facts = facts;
  }

  /** A request has finished, failed or been rejected, and is told of already; `user` sent it. */
  abstract ended(user: i32, atNs: f64): void;
}

/**
 * The requests of one replica, from arrival to end: who waits, who runs, and what the next iteration does. All that happens goes out
 * as facts; of time it knows only what it is told.
 */
export abstract class Serving {
  /** How the run ended, once nothing can go on. */
  readonly ending: Ending;
  /** What the batch does, as {@link next} decided it; good until the next round. */
  readonly work: Work;
  /** Tokens that are emitted at the end of the batch by requests which do not decode yet. */
  firstTokens: f64 = 0;
  /** What free slots are called meanwhile: a column of metrics/space-columns. */
  freeShare: i32 = COLUMN.idle;

  /** `work` will be written anew for every batch. `ending`: whose ending it is; null for its own. */
  constructor(work: Work, ending: Ending | null = null) {
    this.work = work;
    this.ending = ending === null ? new Ending() : ending;
  }

  /** Requests that wait, run or are swapped out. */
  abstract get present(): i32;

  /** A group to write a request into that {@link arrive}s at once. Whoever ends a request takes its group back. */
  abstract newcomer(): Group;

  /** Takes in a request, or turns it away for good. Its group is the serving side's from now on. */
  abstract arrive(group: Group): void;

  /** Nothing is running: decides what runs next; false if nothing does until somebody arrives, or ever. */
  abstract next(atNs: f64): bool;

  /** Iterations of the batch, ≥ 1, before any decision can differ from the last one, but for arrivals. */
  abstract quietIterations(price: Price): i32;

  /** Whether a decision can differ before that because somebody arrives. */
  abstract get heedsArrivals(): bool;

  /** `steps` iterations of the batch pass: gives the decoding sequences the room that they use up, in order; valid until the next round. */
  abstract grow(steps: i32): Growth;

  /** `steps` iterations of the batch have ended. */
  abstract complete(steps: i32, atNs: f64): void;
}
