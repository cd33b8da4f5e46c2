import type { Nanoseconds } from "../core/time.ts";
import { EventQueue, type Timed } from "./event-queue.ts";

/**
 * The few events to come: the end of what runs, the next of the arrivals that wait for nothing, and those that other events cause.
 * Each kind is in order by itself, so three comparisons take the place of a queue of everything. At one instant the kinds come in this
 * order (whoever asks looks at {@link endNs} first), and events that others caused in the order in which they became known.
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

  /** Whether the next arrival is the known one: at one instant it comes before those that others caused. */
  get knownIsNext(): boolean {
    return this.#knownNs === this.nextArrivalNs && this.#known !== null;
  }

  #findNextArrival(): void {
    const causedNs = this.#caused.nextNs;
    this.nextArrivalNs = causedNs < this.#knownNs ? causedNs : this.#knownNs;
  }
}
