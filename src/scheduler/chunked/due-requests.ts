import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { ChunkedLimits } from "./chunked-limits.ts";
import type { Openers } from "./openers.ts";
import type { RunningRequests } from "./running-requests.ts";

/** What a request has due: a block that fills up, a block that it opens, or it stands apart and must be asked. */
export type Due = "fills" | "opens" | "apart";

/** Goes through the running requests that have something due in a step, in order of admission; nobody else is visited. */
export class DueRequests {
  /** What it is that {@link next} found. */
  due: Due = "apart";
  readonly #running: RunningRequests;
  readonly #cache: KvCacheManager;
  readonly #order: ChunkedLimits["order"];
  /** The places of the next ones to open and to fill a block, and the next one apart, by handle, −1 behind the last. */
  #opening = 0;
  #filling = 0;
  #apart = -1;

  constructor(running: RunningRequests, cache: KvCacheManager, order: ChunkedLimits["order"]) {
    this.#running = running;
    this.#cache = cache;
    this.#order = order;
  }

  /** Starts with those admitted after the place `order`: from the beginning, or because some of those to come may run no more. */
  begin(order = -1): void {
    const { lockstep, apart } = this.#running;
    const { tick, orders } = lockstep;
    this.#opening = lockstep.openers(tick).placeAfter(order, orders);
    // Blocks of one token are filled by the request that has just opened them.
    this.#filling = this.#mindsFull()
      ? lockstep.openers(tick + 1).placeAfter(order - 1, orders)
      : Infinity;
    this.#apart = apart.firstAbove(0, order);
  }

  /** The place of the one found last among those who open a block in the step. */
  get opener(): number {
    return this.#opening - 1;
  }

  /** Goes on over those who open a block as well, at most `limit`, until it is somebody else's turn; returns how many they are. */
  passOpeners(limit: number): number {
    const { lockstep, apart } = this.#running;
    const { orders, tick } = lockstep;
    const { handles, count } = lockstep.openers(tick);
    const fills = this.#turn(this.#filling, lockstep.openers(tick + 1));
    const turn = this.#apart < 0 ? fills : Math.min(fills, apart.key(this.#apart));
    const from = this.#opening;
    const until = Math.min(count, from + limit);
    while (this.#opening < until && orders[handles[this.#opening]!]! <= turn) this.#opening += 1;
    return this.#opening - from;
  }

  /** The next one, by handle; −1 after the last. */
  next(): number {
    const { lockstep, apart } = this.#running;
    const opening = lockstep.openers(lockstep.tick);
    const filling = lockstep.openers(lockstep.tick + 1);
    const opens = this.#turn(this.#opening, opening);
    const fills = this.#turn(this.#filling, filling);
    const asked = this.#apart;
    if (asked >= 0 && apart.key(asked) < Math.min(opens, fills)) {
      this.due = "apart";
      this.#apart = apart.after(asked);
      return asked;
    }
    if (opens < Infinity && opens <= fills) {
      this.due = "opens";
      this.#opening += 1;
      return opening.handles[this.#opening - 1]!;
    }
    if (fills === Infinity) return -1;
    this.due = "fills";
    this.#filling += 1;
    return filling.handles[this.#filling - 1]!;
  }

  /** When it is the turn of whoever stands at a place, in the order of admission; never if nobody does. */
  #turn(place: number, { handles, count }: Openers): number {
    return place < count ? this.#running.lockstep.orders[handles[place]!]! : Infinity;
  }

  /**
   * Whether it matters that a block fills up: if others may ask for it, or if the request may be preempted after its turn. First come,
   * first served, a victim never had its turn.
   */
  #mindsFull(): boolean {
    return this.#cache.sharesGrowth || (this.#cache.keepsContent && this.#order === "priority");
  }
}
