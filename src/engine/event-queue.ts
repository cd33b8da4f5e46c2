import FastPriorityQueue from "fastpriorityqueue";
import { assert, fail } from "../core/assert.ts";
import type { Nanoseconds } from "../core/time.ts";

/** What an entry needs to be put in order. */
export interface Timed {
  readonly atNs: Nanoseconds;
  /** Lower first among events of one instant. */
  readonly priority: number;
}

interface Entry<E> {
  readonly event: E;
  readonly sequence: number;
}

/** Events by (time, priority, order of pushing): the heap alone would not keep equal keys in order. */
export class EventQueue<E extends Timed> {
  readonly #heap = new FastPriorityQueue<Entry<E>>(before);
  #pushed = 0;
  #lastNs: Nanoseconds = 0;

  push(event: E): void {
    if (event.atNs < this.#lastNs) fail(`event at ${event.atNs} ns is before ${this.#lastNs} ns`);
    this.#heap.add({ event, sequence: this.#pushed });
    this.#pushed += 1;
  }

  /** The earliest event; it stays. */
  peek(): E | undefined {
    return this.#heap.peek()?.event;
  }

  /** Removes the earliest event. Time never goes back. */
  pop(): E | undefined {
    const entry = this.#heap.poll();
    if (entry === undefined) return undefined;
    assert(entry.event.atNs >= this.#lastNs, "time went back");
    this.#lastNs = entry.event.atNs;
    return entry.event;
  }

  get size(): number {
    return this.#heap.size;
  }
}

function before<E extends Timed>(a: Entry<E>, b: Entry<E>): boolean {
  if (a.event.atNs !== b.event.atNs) return a.event.atNs < b.event.atNs;
  if (a.event.priority !== b.event.priority) return a.event.priority < b.event.priority;
  return a.sequence < b.sequence;
}
