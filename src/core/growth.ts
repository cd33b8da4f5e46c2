import { enlargedIntegers } from "./columns.ts";

const FIRST_CAPACITY = 256;

/**
 * Who was given room to decode on, step by step through a series of iterations, each time as much as its allocator gives at once.
 * Kept in columns that are used again: with a large batch every iteration has an entry.
 */
export class Growth {
  /** The sequences in the order in which they were given room; only the first {@link count} count. */
  sequences = new Int32Array(FIRST_CAPACITY);
  count = 0;
  /** Steps in which somebody was given room; the columns below have an entry for each. */
  entries = 0;
  /** The step, how many sequences it was, and how many of the slots will never be written. */
  steps = new Int32Array(FIRST_CAPACITY);
  grown = new Int32Array(FIRST_CAPACITY);
  unneeded = new Int32Array(FIRST_CAPACITY);
  unneededTotal = 0;
  /** How many of the rooms given in the step held cached content until then. */
  evicted = new Int32Array(FIRST_CAPACITY);

  clear(): void {
    this.count = 0;
    this.entries = 0;
    this.unneededTotal = 0;
  }

  /** {@link sequences} with room for `more` behind those that count. */
  roomFor(more: number): Int32Array {
    while (this.count + more > this.sequences.length)
      this.sequences = enlargedIntegers(this.sequences, 2 * this.sequences.length);
    return this.sequences;
  }

  /** In `step` the `grown` who stand behind the others were given room; `unneeded` slots of it will never be written, and `evicted` held content. */
  endStep(step: number, grown: number, unneeded: number, evicted = 0): void {
    const entry = this.entries;
    if (entry === this.steps.length) this.#enlargeSteps();
    this.steps[entry] = step;
    this.grown[entry] = grown;
    this.unneeded[entry] = unneeded;
    this.evicted[entry] = evicted;
    this.entries = entry + 1;
    this.count += grown;
    this.unneededTotal += unneeded;
  }

  #enlargeSteps(): void {
    const length = 2 * this.steps.length;
    this.steps = enlargedIntegers(this.steps, length);
    this.grown = enlargedIntegers(this.grown, length);
    this.unneeded = enlargedIntegers(this.unneeded, length);
    this.evicted = enlargedIntegers(this.evicted, length);
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth();
