import type { Arrival, RequestStream } from "../../src/workload/workload.ts";

/** All arrivals to come: the stream's own, and the next ones of users whose requests ended. */
export class Arrivals {
  readonly #stream: RequestStream;
  /** The stream's next; undefined until it is asked for, null after its last. */
  #open: Arrival | null | undefined;
  #ofUsers: Arrival[] = [];

  constructor(stream: RequestStream) {
    this.#stream = stream;
  }

  /** At one instant those of the stream come before those of users, and these in the order they became known. */
  peek(): Arrival | null {
    if (this.#open === undefined) this.#open = this.#stream.nextArrival();
    const ofUser = this.#ofUsers[0] ?? null;
    if (this.#open === null) return ofUser;
    return ofUser === null || this.#open.atNs <= ofUser.atNs ? this.#open : ofUser;
  }

  /** Whether the stream itself has more to come. */
  get streamGoesOn(): boolean {
    this.peek();
    return this.#open !== null;
  }

  /** The stream is asked for another only after all that this arrival causes at once. */
  take(arrival: Arrival): void {
    if (arrival === this.#open) this.#open = undefined;
    else this.#ofUsers.shift();
  }

  requestEnded(user: number | null, nowNs: number): void {
    if (user === null) return;
    const atNs = this.#stream.nextOfUser(user, nowNs);
    if (atNs === null) return;
    this.#ofUsers = [...this.#ofUsers, { atNs, user }].sort((a, b) => a.atNs - b.atNs);
  }
}
