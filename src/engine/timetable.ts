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
  /** When the next arrival of either kind is due; Infinity if none is known of. */
  nextArrivalNs: Nanoseconds = Infinity;
  #known: E | null = null;
  #knownNs: Nanoseconds = Infinity;
  readonly #caused = new EventQueue<E>();

  /** The next arrival that waits for nothing; null after the last. */
  get known(): E | null {
    return this.#known;
  }

  set known(arrival: E | null) {
    this.#known = arrival;
    this.#knownNs = arrival === null ? Infinity : arrival.atNs;
    this.#findNextArrival();
  }

  /** An event has caused an arrival. */
  cause(arrival: E): void {
    this.#caused.push(arrival);
    this.#findNextArrival();
  }

  /** Takes out the first of the arrivals that others caused. */
  takeCaused(): E {
    const arrival = this.#caused.pop()!;
    this.#findNextArrival();
    return arrival;
  }

  /** The instant of the next event; Infinity without one. */
  get nextNs(): Nanoseconds {
    return this.endNs < this.nextArrivalNs ? this.endNs : this.nextArrivalNs;
  }

  /** The kind of event that comes next at the instant `atNs`; null when all of it is over. */
  nextAt(atNs: Nanoseconds): NextEvent {
    if (this.endNs === atNs) return "end";
    if (this.nextArrivalNs !== atNs) return null;
    return this.#knownNs === atNs ? "known" : "caused";
  }

  #findNextArrival(): void {
    this.nextArrivalNs = Math.min(this.#knownNs, this.#caused.nextNs);
  }
}
