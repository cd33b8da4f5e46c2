import { enlargedIntegers } from "./columns.ts";
import { DOUBLE } from "./double.ts";

/** An entry's numbers: the step, how many sequences it was, how many of the slots will never be written, and how many rooms held content. */
const ENTRY = 4;

/**
 * What was handed out at the beginnings of a series' steps. Step j begins after `first`·j + `growth`·j·(j − 1) / 2, so that two sums
 * tell Σ amount × the time until then, whatever the steps' durations are.
 */
export class HandedOut {
  total = DOUBLE;
  /** Σ amount × step, and Σ amount × step · (step − 1) / 2. */
  linear = DOUBLE;
  square = DOUBLE;
  /** What of the total has yet to be handed out, and is in neither. */
  later = DOUBLE;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.total = 0;
    this.linear = 0;
    this.square = 0;
    this.later = 0;
  }

  /** `amount` is handed out in `step`, which may have yet to come. */
  add(amount: number, step: number, isToCome: boolean): void {
    this.total += amount;
    if (isToCome) {
      this.later += amount;
      return;
    }
    this.linear += amount * step;
    this.square += (amount * step * (step - 1)) / 2;
  }
}

/**
 * How many sequences were given room to decode on, step by step through a series of iterations, each time as much as the allocator gives
 * at once. Kept in a list that is used again: with a large batch every iteration has an entry.
 */
export class Growth {
  /** Rooms, one for each sequence that was given one. */
  readonly grown = new HandedOut();
  /** Slots of them that will never be written. */
  readonly unneeded = new HandedOut();
  /** Rooms that held cached content until then. */
  readonly evicted = new HandedOut();
  /** Only the first {@link #length} count. */
  #entries = new Int32Array(64 * ENTRY);
  #length = 0;

  clear(): void {
    if (this.grown.total === 0) return;
    this.#length = 0;
    this.grown.clear();
    if (this.unneeded.total > 0) this.unneeded.clear();
    if (this.evicted.total > 0) this.evicted.clear();
  }

  /** In `step`, later than those before, so many were given room: `unneeded` slots of it will never be written, `evicted` rooms held content. */
  add(step: number, grown: number, unneeded: number, evicted = 0): void {
    const at = this.#length;
    if (at === this.#entries.length) this.#entries = enlargedIntegers(this.#entries, 2 * at);
    const entries = this.#entries;
    entries[at] = step;
    entries[at + 1] = grown;
    entries[at + 2] = unneeded;
    entries[at + 3] = evicted;
    this.#length = at + ENTRY;
    this.grown.add(grown, step, false);
    if (unneeded > 0) this.unneeded.add(unneeded, step, false);
    if (evicted > 0) this.evicted.add(evicted, step, false);
  }

  /** Becomes what `whole` was at the beginning of `step`, when what it has behind that had yet to be handed out. */
  takeUntil(step: number, whole: Growth): void {
    this.clear();
    const entries = whole.#entries;
    for (let at = 0; at < whole.#length; at += ENTRY) {
      const isToCome = entries[at]! > step;
      this.grown.add(entries[at + 1]!, entries[at]!, isToCome);
      this.unneeded.add(entries[at + 2]!, entries[at]!, isToCome);
      this.evicted.add(entries[at + 3]!, entries[at]!, isToCome);
    }
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth();
