import { enlargedIntegers, enlargedNumbers } from "../core/columns.ts";
import { Deque } from "../core/deque.ts";
import { isPlain, plainRequest, type Request, type SequenceGroup } from "../request.ts";

const FIRST_CAPACITY = 64;

/**
 * Groups that wait, first come, first served; those that lost their places stand before all newcomers. Under overload nearly all requests
 * wait here, so that of a newcomer without content only four numbers are kept, on a ring, until its turn comes.
 */
export class WaitingRoom<G extends SequenceGroup> {
  private readonly groupOf: (request: Request) => G;
  readonly #returned = new Deque<G>();
  /** The first newcomer, if it found nobody before it or somebody has asked for it. */
  #head: G | null = null;
  /** How many newcomers there are behind the head, and where on the ring the first of them is. */
  #behind = 0;
  #first = 0;
  #ids = new Float64Array(FIRST_CAPACITY);
  #arrivalsNs = new Float64Array(FIRST_CAPACITY);
  #promptTokens = new Int32Array(FIRST_CAPACITY);
  #outputTokens = new Int32Array(FIRST_CAPACITY);
  /** Those of them whose objects are kept, by request. */
  readonly #kept = new Map<number, G>();

  /** `groupOf`: what waits for a request. */
  constructor(groupOf: (request: Request) => G) {
    this.groupOf = groupOf;
  }

  get size(): number {
    return this.#returned.size + this.newcomers;
  }

  /** Those that were never admitted. */
  get newcomers(): number {
    return this.#head === null ? this.#behind : this.#behind + 1;
  }

  front(): G | undefined {
    if (this.#returned.size > 0) return this.#returned.front();
    if (this.#head === null && this.#behind > 0) this.#head = this.#takeFirst();
    return this.#head ?? undefined;
  }

  popFront(): G | undefined {
    const group = this.front();
    if (this.#returned.size > 0) return this.#returned.popFront();
    this.#head = null;
    return group;
  }

  /** A newcomer, behind all others. */
  enqueue(group: G): void {
    if (this.newcomers === 0) this.#head = group;
    else this.#putBehind(group);
  }

  /** Somebody who was running until now, before all others. */
  putBack(group: G): void {
    this.#returned.pushFront(group);
  }

  /** Takes out one of those who were put back. O(their number). */
  remove(group: G): void {
    for (let left = this.#returned.size; left > 0; left -= 1) {
      const other = this.#returned.popFront()!;
      if (other !== group) this.#returned.pushBack(other);
    }
  }

  /** Takes out the newcomer that arrived last. */
  dismissNewcomer(): G {
    const last = this.#behind === 0 ? this.#head! : this.#groupAt(this.#behind - 1);
    if (this.#behind === 0) this.#head = null;
    else this.#behind -= 1;
    this.#kept.delete(last.id);
    return last;
  }

  /** Ids of all, the next first. O(size). */
  ids(): number[] {
    const before = [...this.#returned.toArray(), ...(this.#head === null ? [] : [this.#head])];
    const behind = Array.from({ length: this.#behind }, (_, at) => this.#ids[this.#slot(at)]!);
    return [...before.map(({ id }) => id), ...behind];
  }

  #putBehind(group: G): void {
    const { request } = group;
    if (this.#behind === this.#ids.length) this.#enlarge();
    const slot = this.#slot(this.#behind);
    this.#ids[slot] = request.id;
    this.#arrivalsNs[slot] = request.arrivalNs;
    this.#promptTokens[slot] = request.promptTokens;
    this.#outputTokens[slot] = request.outputTokens[0]!;
    if (!isPlain(request)) this.#kept.set(request.id, group);
    this.#behind += 1;
  }

  #takeFirst(): G {
    const group = this.#groupAt(0);
    this.#kept.delete(group.id);
    this.#first = this.#slot(1);
    this.#behind -= 1;
    return group;
  }

  #groupAt(at: number): G {
    const slot = this.#slot(at);
    const id = this.#ids[slot]!;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const outputTokens = [this.#outputTokens[slot]!];
    return this.groupOf(
      plainRequest(id, this.#arrivalsNs[slot]!, this.#promptTokens[slot]!, outputTokens),
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
