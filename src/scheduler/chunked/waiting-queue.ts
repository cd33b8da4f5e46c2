import type { SequenceGroup } from "../../request.ts";

/** Requests that wait, and which of them is next. */
export interface WaitingQueue<G extends SequenceGroup> {
  readonly size: number;
  /** Those that were never admitted. */
  readonly newcomers: number;
  front(): G | undefined;
  popFront(): G | undefined;
  enqueue(newcomer: G): void;
  /** Somebody who was running until now. */
  putBack(group: G): void;
  /** Takes out one of those who were put back. O(size). */
  remove(group: G): void;
  /** Takes out the newcomer that arrived last. */
  dismissNewcomer(): G;
  /** Ids of all, the next first. O(size). */
  ids(): number[];
}

/** In the order of a comparison, whatever was before; among equals, who came last to the queue is last. */
export class PriorityQueue<G extends SequenceGroup> implements WaitingQueue<G> {
  newcomers = 0;
  private readonly compare: (a: G, b: G) => number;
  /** Next one last, where taking it moves nobody. */
  readonly #groups: G[] = [];

  constructor(compare: (a: G, b: G) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.#groups.length;
  }

  front(): G | undefined {
    return this.#groups.at(-1);
  }

  popFront(): G | undefined {
    const group = this.#groups.pop();
    if (group?.preemptions === 0) this.newcomers -= 1;
    return group;
  }

  enqueue(newcomer: G): void {
    this.#insert(newcomer);
    this.newcomers += 1;
  }

  putBack(group: G): void {
    this.#insert(group);
  }

  remove(group: G): void {
    this.#groups.splice(this.#groups.indexOf(group), 1);
  }

  dismissNewcomer(): G {
    const latest = this.#groups
      .filter(({ preemptions }) => preemptions === 0)
      .reduce((last, other) => (other.id > last.id ? other : last));
    this.remove(latest);
    this.newcomers -= 1;
    return latest;
  }

  ids(): number[] {
    return this.#groups.map(({ id }) => id).reverse();
  }

  #insert(group: G): void {
    let low = 0;
    let high = this.#groups.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.#groups[middle]!, group) > 0) low = middle + 1;
      else high = middle;
    }
    this.#groups.splice(low, 0, group);
  }
}
