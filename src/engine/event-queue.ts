import FastPriorityQueue from "fastpriorityqueue";
import { assert, fail } from "../core/assert.ts";
import type { Nanoseconds } from "../core/time.ts";

/** What an entry needs to be put in order. */
export interface Timed {
  readonly atNs: Nanoseconds;
}

interface Entry<E> {
  readonly event: E;
  readonly sequence: number;
}

/** Events by time, at one instant in the order of pushing: the heap alone would not keep equal keys in order. */
export class EventQueue<E extends Timed> {
  /** When the earliest event is; Infinity without one. */
  nextNs: Nanoseconds = Infinity;
  readonly #heap = new FastPriorityQueue<Entry<E>>(before);
  #pushed = 0;
  #lastNs: Nanoseconds = 0;

  push(event: E): void {
    if (event.atNs < this.#lastNs) fail(`event at ${event.atNs} ns is before ${this.#lastNs} ns`);
    this.#heap.add({ event, sequence: this.#pushed });
    this.#pushed += 1;
    if (event.atNs < this.nextNs) this.nextNs = event.atNs;
  }

  /** Removes the earliest event. Time never goes back. */
  pop(): E | undefined {
    const entry = this.#heap.poll();
    if (entry === undefined) return undefined;
    assert(entry.event.atNs >= this.#lastNs, "time went back");
    this.#lastNs = entry.event.atNs;
    this.nextNs = this.#heap.peek()?.event.atNs ?? Infinity;
    return entry.event;
  }
}

function before<E extends Timed>(a: Entry<E>, b: Entry<E>): boolean {
  if (a.event.atNs !== b.event.atNs) return a.event.atNs < b.event.atNs;
  return a.sequence < b.sequence;
}
