import type { RunningRequests } from "./running-requests.ts";

/** What a request has due: a block that fills up, a block that it opens, or it stands apart and must be asked. */
export type Due = "fills" | "opens" | "apart";

/** Goes through the running requests that have something due in a step, in order of admission; nobody else is visited. */
export class DueRequests {
  /** What it is that {@link next} found. */
  due: Due = "apart";
  readonly #running: RunningRequests;
  readonly #keepsContent: boolean;
  /** The next one of each kind, by handle; −1 behind the last. */
  #opening = -1;
  #filling = -1;
  #apart = -1;

  /** `keepsContent`: full blocks are cached. */
  constructor(running: RunningRequests, keepsContent: boolean) {
    this.#running = running;
    this.#keepsContent = keepsContent;
  }

  /** Starts with those admitted after the place `order`: from the beginning, or because some of those to come may run no more. */
  begin(order = -1): void {
    const { lockstep, apart } = this.#running;
    const { tick } = lockstep;
    this.#opening = lockstep.opening(tick, order);
    // Blocks of one token are filled by the request that has just opened them.
    this.#filling = this.#keepsContent ? lockstep.opening(tick + 1, order - 1) : -1;
    this.#apart = apart.firstAbove(0, order);
  }

  /** The next one, by handle; −1 after the last. */
  next(): number {
    const { lockstep, apart } = this.#running;
    const [opening, filling, asked] = [this.#opening, this.#filling, this.#apart];
    const opens = opening < 0 ? Infinity : lockstep.order(opening);
    const fills = filling < 0 ? Infinity : lockstep.order(filling);
    if (asked >= 0) {
      const order = apart.key(asked);
      if (order < opens && order < fills) {
        this.due = "apart";
        this.#apart = apart.after(asked);
        return asked;
      }
    }
    if (opening >= 0 && opens <= fills) {
      this.due = "opens";
      this.#opening = lockstep.openingAfter(opening);
      return opening;
    }
    if (filling < 0) return -1;
    this.due = "fills";
    this.#filling = lockstep.openingAfter(filling);
    return filling;
  }
}
