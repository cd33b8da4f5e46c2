import { enlargedIntegers, enlargedNumbers } from "../core/columns.ts";
import { Deque } from "../core/deque.ts";
import { isPlain, plainRequest, SequenceGroup } from "../request.ts";

const FIRST_CAPACITY = 64;

/**
 * Groups that wait, first come, first served; those that lost their places stand before all newcomers. Under overload nearly all requests
 * wait here, so that of a newcomer without content only four numbers are kept, on a ring, until its turn comes.
 */
export class WaitingRoom {
  readonly #returned = new Deque<SequenceGroup>();
  /** Newcomers whose objects are kept, by request. */
  readonly #kept = new Map<number, SequenceGroup>();
  /** The first newcomer, if it found nobody before it or somebody has asked for it. */
  #head: SequenceGroup | null = null;
  /** How many newcomers there are, and where on the ring the first of them is. */
  #newcomers = 0;
  #first = 0;
  #ids = new Float64Array(FIRST_CAPACITY);
  #arrivalsNs = new Float64Array(FIRST_CAPACITY);
  #promptTokens = new Int32Array(FIRST_CAPACITY);
  #outputTokens = new Int32Array(FIRST_CAPACITY);

  get size(): number {
    return this.#returned.size + this.#newcomers;
  }

  /** Those that were never admitted. */
  get newcomers(): number {
    return this.#newcomers;
  }

  front(): SequenceGroup | undefined {
    if (this.#returned.size > 0) return this.#returned.front();
    if (this.#newcomers === 0) return undefined;
    this.#head ??= this.#newcomerAt(0);
    return this.#head;
  }

  popFront(): SequenceGroup | undefined {
    const group = this.front();
    if (this.#returned.size > 0) return this.#returned.popFront();
    if (group === undefined) return undefined;
    this.#kept.delete(group.id);
    this.#head = null;
    this.#first = this.#slot(1);
    this.#newcomers -= 1;
    return group;
  }

  /** A newcomer, behind all others. */
  enqueue(group: SequenceGroup): void {
    const { request } = group;
    if (this.#newcomers === this.#ids.length) this.#enlarge();
    const slot = this.#slot(this.#newcomers);
    this.#ids[slot] = request.id;
    this.#arrivalsNs[slot] = request.arrivalNs;
    this.#promptTokens[slot] = request.promptTokens;
    this.#outputTokens[slot] = request.outputTokens[0]!;
    if (this.#newcomers === 0) this.#head = group;
    if (!isPlain(request)) this.#kept.set(request.id, group);
    this.#newcomers += 1;
  }

  /** Somebody who was running until now, before all others. */
  putBack(group: SequenceGroup): void {
    this.#returned.pushFront(group);
  }

  /** Takes out the newcomer that arrived last. */
  dismissNewcomer(): SequenceGroup {
    const last = this.#newcomers - 1;
    const group = last === 0 && this.#head !== null ? this.#head : this.#newcomerAt(last);
    if (last === 0) this.#head = null;
    this.#kept.delete(group.id);
    this.#newcomers = last;
    return group;
  }

  /** Ids of all, the next first. O(size). */
  ids(): number[] {
    const newcomers = Array.from(
      { length: this.#newcomers },
      (_, at) => this.#ids[this.#slot(at)]!,
    );
    return [...this.#returned.toArray().map(({ id }) => id), ...newcomers];
  }

  #newcomerAt(at: number): SequenceGroup {
    const slot = this.#slot(at);
    const id = this.#ids[slot]!;
    const kept = this.#kept.size === 0 ? undefined : this.#kept.get(id);
    if (kept !== undefined) return kept;
    return new SequenceGroup(
      plainRequest(id, this.#arrivalsNs[slot]!, this.#promptTokens[slot]!, [
        this.#outputTokens[slot]!,
      ]),
    );
  }

  /** The ring's length is a power of two. */
  #slot(at: number): number {
    return (this.#first + at) & (this.#ids.length - 1);
  }

  /** Twice the room, the first newcomer at its beginning. */
  #enlarge(): void {
    const from = this.#first;
    const length = 2 * this.#ids.length;
    this.#ids = enlargedNumbers(turned(this.#ids, from), length);
    this.#arrivalsNs = enlargedNumbers(turned(this.#arrivalsNs, from), length);
    this.#promptTokens = enlargedIntegers(turned(this.#promptTokens, from), length);
    this.#outputTokens = enlargedIntegers(turned(this.#outputTokens, from), length);
    this.#first = 0;
  }
}

/** A full ring with place `first` first, in place. */
function turned<C extends Int32Array | Float64Array>(ring: C, first: number): C {
  const behind = ring.slice(0, first);
  ring.copyWithin(0, first);
  ring.set(behind, ring.length - first);
  return ring;
}
