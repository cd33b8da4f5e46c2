import type { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager.ts";
import type { ChunkedLimits } from "./chunked-limits.ts";
import type { RunningRequests } from "./running-requests.ts";

/** What a request has due: a block that fills up, a block that it opens, or it stands apart and must be asked. */
export type Due = "fills" | "opens" | "apart";

/** Goes through the running requests that have something due in a step, in order of admission; nobody else is visited. */
export class DueRequests {
  /** What it is that {@link next} found. */
  due: Due = "apart";
  private readonly running: RunningRequests;
  private readonly cache: KvCacheManager;
  private readonly order: ChunkedLimits["order"];
  /** The places of the next ones to open and to fill a block, and the next one apart, by handle, −1 behind the last. */
  #opening = 0;
  #filling = 0;
  #apart = -1;

  constructor(running: RunningRequests, cache: KvCacheManager, order: ChunkedLimits["order"]) {
    this.running = running;
    this.cache = cache;
    this.order = order;
  }

  /** Starts with those admitted after the place `order`: from the beginning, or because some of those to come may run no more. */
  begin(order = -1): void {
    const { lockstep, apart } = this.running;
    const { tick, orders, openers } = lockstep;
    this.#opening = openers.placeAfter(openers.rowAt(tick), order, orders);
    // Blocks of one token are filled by the request that has just opened them.
    this.#filling = this.#mindsFull()
      ? openers.placeAfter(openers.rowAt(tick + 1), order - 1, orders)
      : Infinity;
    this.#apart = apart.firstAbove(0, order);
  }

  /** Whether all that is due in a step is blocks to open. */
  get onlyOpens(): boolean {
    return this.running.apart.first(0) < 0 && !this.#mindsFull();
  }

  /** The place of the one found last, who opens a block, in the column of those who do. */
  get opener(): number {
    return this.#opening - 1;
  }

  /** Goes on over those who open a block as well, at most `limit`, until it is somebody else's turn; returns how many they are. */
  passOpeners(limit: number): number {
    const { lockstep, apart } = this.running;
    const { orders, tick, openers } = lockstep;
    const fills = this.#turn(this.#filling, tick + 1);
    const turn = this.#apart < 0 ? fills : Math.min(fills, apart.key(this.#apart));
    const from = this.#opening;
    const until = Math.min(this.#end(tick), from + limit);
    while (this.#opening < until && orders[openers.column[this.#opening]!]! <= turn)
      this.#opening += 1;
    return this.#opening - from;
  }

  /** The next one, by handle; −1 after the last. */
  next(): number {
    const { lockstep, apart } = this.running;
    const { column } = lockstep.openers;
    const opens = this.#turn(this.#opening, lockstep.tick);
    const fills = this.#turn(this.#filling, lockstep.tick + 1);
    const asked = this.#apart;
    if (asked >= 0 && apart.key(asked) < Math.min(opens, fills)) {
      this.due = "apart";
      this.#apart = apart.after(asked);
      return asked;
    }
    if (opens < Infinity && opens <= fills) {
      this.due = "opens";
      this.#opening += 1;
      return column[this.#opening - 1]!;
    }
    if (fills === Infinity) return -1;
    this.due = "fills";
    this.#filling += 1;
    return column[this.#filling - 1]!;
  }

  /** When it is the turn of whoever stands at a place among those who open a block at a tick, in the order of admission; never if nobody does. */
  #turn(place: number, tick: number): number {
    const { orders, openers } = this.running.lockstep;
    return place < this.#end(tick) ? orders[openers.column[place]!]! : Infinity;
  }

  /** The place behind those who open a block at a tick. */
  #end(tick: number): number {
    const { openers } = this.running.lockstep;
    return openers.end(openers.rowAt(tick));
  }

  /**
   * Whether it matters that a block fills up: if others may ask for it, or if the request may be preempted after its turn. First come,
   * first served, a victim never had its turn.
   */
  #mindsFull(): boolean {
    return this.cache.sharesGrowth || (this.cache.keepsContent && this.order === "priority");
  }
}
