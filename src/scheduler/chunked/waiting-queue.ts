import { assert } from "../../core/assert.ts";
import { Deque } from "../../core/deque.ts";

/** Requests that wait, and which of them is next. */
export interface WaitingQueue<T> {
  readonly size: number;
  front(): T | undefined;
  popFront(): T | undefined;
  /** A newcomer. */
  enqueue(item: T): void;
  /** Somebody who was running until now. */
  putBack(item: T): void;
  /** Takes out one that waits. O(size). */
  remove(item: T): void;
  /** All, next first. */
  toArray(): T[];
}

/** First come, first served; who was running goes before everybody else. */
export class ArrivalQueue<T> extends Deque<T> implements WaitingQueue<T> {
  enqueue(item: T): void {
    this.pushBack(item);
  }

  putBack(item: T): void {
    this.pushFront(item);
  }

  remove(item: T): void {
    const behind: T[] = [];
    while (this.back() !== item) {
      assert(this.size > 0, "who does not wait cannot be removed");
      behind.push(this.popBack()!);
    }
    this.popBack();
    for (const other of behind.reverse()) this.pushBack(other);
  }
}

/** In the order of a comparison, whatever was before; among equals, who came last to the queue is last. */
export class PriorityQueue<T> implements WaitingQueue<T> {
  readonly #compare: (a: T, b: T) => number;
  /** Next one last, where taking it moves nobody. */
  readonly #items: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  front(): T | undefined {
    return this.#items.at(-1);
  }

  popFront(): T | undefined {
    return this.#items.pop();
  }

  enqueue(item: T): void {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#items[middle]!, item) > 0) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, item);
  }

  putBack(item: T): void {
    this.enqueue(item);
  }

  remove(item: T): void {
    this.#items.splice(this.#items.indexOf(item), 1);
  }

  toArray(): T[] {
    return this.#items.toReversed();
  }
}
