import { KvCacheManager } from "../../allocators/prefix-cached/kv-cache-manager";
import { PRIORITY } from "./chunked-limits";
import { RunningRequests } from "./running-requests";

/** What a request has due: a block that fills up, a block that it opens, or it stands apart and must be asked. */
export const FILLS: i32 = 0;
export const OPENS: i32 = 1;
export const APART: i32 = 2;

/** The place of nobody, and whose turn never comes. */
const NEVER: i32 = i32.MAX_VALUE;

/** Goes through the running requests that have something due in a step, in order of admission; nobody else is visited. */
@final
export class DueRequests {
  /** What it is that {@link next} found. */
  due: i32 = APART;
  private readonly running: RunningRequests;
  private readonly cache: KvCacheManager;
  private readonly order: i32;
  /** The places of the next ones to open and to fill a block, and the next one apart, by handle, negative behind the last. */
  private opening: i32 = 0;
  private filling: i32 = 0;
  private apart: i32 = -1;

  constructor(running: RunningRequests, cache: KvCacheManager, order: i32) {
    this.running = running;
    this.cache = cache;
    this.order = order;
  }

  /** Starts with those admitted after the place `order`, −1 from the beginning: also because some of those to come may run no more. */
  begin(order: i32): void {
    const lockstep = this.running.lockstep;
    const openers = lockstep.openers;
    const tick = lockstep.tick;
    const orders = lockstep.orders;
    this.opening = openers.placeAfter(openers.rowAt(tick), order, orders);
    // Blocks of one token are filled by the request that has just opened them.
    this.filling = this.mindsFull
      ? openers.placeAfter(openers.rowAt(tick + 1), order - 1, orders)
      : NEVER;
    this.apart = this.running.apart.firstAbove(0, order);
  }

  /** Whether all that is due in a step is blocks to open. */
  @inline
  get onlyOpens(): bool {
    return this.running.apart.first(0) < 0 && !this.mindsFull;
  }

  /** The place of the one found last, who opens a block, in the column of those who do. */
  @inline
  get opener(): i32 {
    return this.opening - 1;
  }

  /** Goes on over those who open a block as well, at most `limit`, until it is somebody else's turn; returns how many they are. */
  passOpeners(limit: i32): i32 {
    const lockstep = this.running.lockstep;
    const tick = lockstep.tick;
    const orders = lockstep.orders;
    const column = lockstep.openers.column;
    const fills = this.turn(this.filling, tick + 1);
    const turn = this.apart < 0 ? fills : min(fills, this.running.apart.key(this.apart));
    const from = this.opening;
    const until = min(this.end(tick), from + limit);
    let place = from;
    while (place < until && orders[column[place]] <= turn) place += 1;
    this.opening = place;
    return place - from;
  }

  /** The next one, by handle; −1 after the last. */
  next(): i32 {
    const lockstep = this.running.lockstep;
    const apart = this.running.apart;
    const tick = lockstep.tick;
    const opens = this.turn(this.opening, tick);
    const fills = this.turn(this.filling, tick + 1);
    const asked = this.apart;
    if (asked >= 0 && apart.key(asked) < min(opens, fills)) {
      this.due = APART;
      this.apart = apart.after(asked);
      return asked;
    }
    if (opens < NEVER && opens <= fills) {
      this.due = OPENS;
      this.opening += 1;
      return lockstep.openers.column[this.opening - 1];
    }
    if (fills === NEVER) return -1;
    this.due = FILLS;
    this.filling += 1;
    return lockstep.openers.column[this.filling - 1];
  }

  /** When it is the turn of whoever stands at a place among those who open a block at a tick, in the order of admission; never if nobody does. */
  @inline
  private turn(place: i32, tick: i32): i32 {
    const lockstep = this.running.lockstep;
    return place < this.end(tick) ? lockstep.orders[lockstep.openers.column[place]] : NEVER;
  }

  /** The place behind those who open a block at a tick. */
  @inline
  private end(tick: i32): i32 {
    const openers = this.running.lockstep.openers;
    return openers.end(openers.rowAt(tick));
  }

  /**
   * Whether it matters that a block fills up: if others may ask for it, or if the request may be preempted after its turn. First come,
   * first served, a victim never had its turn.
   */
  private get mindsFull(): bool {
    return this.cache.sharesGrowth || (this.order === PRIORITY && this.cache.keepsContent);
  }
}
