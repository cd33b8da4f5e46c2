import { fail } from "../core/assert.ts";
import type { SequenceGroup } from "../request.ts";

/**
 * Groups by the tick at which something is due, in buckets on a ring; a bucket keeps the running order (by request id).
 * A bitmap over the ring finds the next tick that has anything without visiting the empty ones.
 */
export class Wheel {
  readonly #buckets: (SequenceGroup[] | undefined)[];
  readonly #occupied: Int32Array;
  readonly #mask: number;
  #count = 0;

  /** `horizon`: every entry is due fewer ticks ahead than this. */
  constructor(horizon: number) {
    let size = 32;
    while (size < horizon) size *= 2;
    this.#buckets = new Array(size);
    this.#occupied = new Int32Array(size >>> 5);
    this.#mask = size - 1;
  }

  insert(group: SequenceGroup, dueTick: number): void {
    const slot = dueTick & this.#mask;
    this.#buckets[slot] ??= [];
    const bucket = this.#buckets[slot];
    let index = bucket.length;
    while (index > 0 && bucket[index - 1]!.id > group.id) index -= 1;
    if (index === bucket.length) bucket.push(group);
    else bucket.splice(index, 0, group);
    this.#occupied[slot >>> 5]! |= 1 << (slot & 31);
    this.#count += 1;
  }

  remove(group: SequenceGroup, dueTick: number): void {
    const slot = dueTick & this.#mask;
    const bucket = this.#buckets[slot] ?? [];
    const index = bucket.indexOf(group);
    if (index < 0) fail(`request ${group.id} is not due at tick ${dueTick}`);
    bucket.splice(index, 1);
    this.#count -= 1;
    if (bucket.length === 0) this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
  }

  /** Unfinished sequences of the groups due at a tick. */
  sequencesDue(tick: number): number {
    let sequences = 0;
    for (const group of this.#buckets[tick & this.#mask] ?? []) sequences += group.live;
    return sequences;
  }

  /** Takes out all groups due at a tick, in running order. */
  take(tick: number): readonly SequenceGroup[] {
    const slot = tick & this.#mask;
    const bucket = this.#buckets[slot];
    if (bucket === undefined || bucket.length === 0) return [];
    this.#buckets[slot] = [];
    this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    this.#count -= bucket.length;
    return bucket;
  }

  /** The first tick ≥ `from` with something due; Infinity when the wheel is empty. */
  next(from: number): number {
    if (this.#count === 0) return Number.POSITIVE_INFINITY;
    const words = this.#occupied.length;
    const start = from & this.#mask;
    let word = start >>> 5;
    let bits = this.#occupied[word]! & (-1 << (start & 31));
    for (let visited = 0; visited <= words; visited += 1) {
      if (bits !== 0) {
        const slot = word * 32 + (31 - Math.clz32(bits & -bits));
        return from + ((slot - start) & this.#mask);
      }
      word = word + 1 === words ? 0 : word + 1;
      bits = this.#occupied[word]!;
    }
    return fail("the wheel counts entries that its bitmap does not have");
  }
}
