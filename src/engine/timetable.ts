import type { Nanoseconds } from "../core/time.ts";
import { EventQueue, type Timed } from "./event-queue.ts";

/** What happens next, of the three kinds of events that there are. */
export type NextEvent = "end" | "known" | "caused" | null;

/**
 * The few events to come: the end of what runs, the next of the arrivals that wait for nothing, and those that other events cause.
 * Each kind is in order by itself, so three comparisons take the place of a queue of everything. At one instant the kinds come in this
 * order, and events that others caused in the order in which they became known.
 */
export class Timetable<E extends Timed> {
  /** When what runs now ends; Infinity while nothing runs. */
  endNs: Nanoseconds = Infinity;
  /** The next arrival that waits for nothing; null after the last. */
  known: E | null = null;
  readonly caused = new EventQueue<E>();

  /** When the next arrival of either kind is due; Infinity if none is known of. */
  get nextArrivalNs(): Nanoseconds {
    const knownNs = this.known === null ? Infinity : this.known.atNs;
    return Math.min(knownNs, this.caused.nextNs);
  }

  /** The instant of the next event; Infinity without one. */
  get nextNs(): Nanoseconds {
    return Math.min(this.endNs, this.nextArrivalNs);
  }

  /** The kind of event that comes next at the instant `atNs`; null when all of it is over. */
  nextAt(atNs: Nanoseconds): NextEvent {
    if (this.endNs === atNs) return "end";
    if (this.known !== null && this.known.atNs === atNs) return "known";
    return this.caused.nextNs === atNs ? "caused" : null;
  }
}
