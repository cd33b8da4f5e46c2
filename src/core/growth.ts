import { enlargedIntegers } from "./columns.ts";

const FIRST_CAPACITY = 256;

/**
 * How many sequences were given room to decode on, step by step through a series of iterations, each time as much as the allocator gives
 * at once. Kept in columns that are used again: with a large batch every iteration has an entry.
 */
export class Growth {
  /** Steps in which somebody was given room; the columns below have an entry for each. */
  entries = 0;
  /** The step, how many sequences it was, and how many of the slots will never be written. */
  steps = new Int32Array(FIRST_CAPACITY);
  grown = new Int32Array(FIRST_CAPACITY);
  unneeded = new Int32Array(FIRST_CAPACITY);
  /** How many of the rooms held cached content until then. */
  evicted = new Int32Array(FIRST_CAPACITY);
  grownTotal = 0;
  unneededTotal = 0;

  clear(): void {
    this.entries = 0;
    this.grownTotal = 0;
    this.unneededTotal = 0;
  }

  /** In `step`, later than those before, `grown` sequences were given room; `unneeded` slots of it will never be written, `evicted` held content. */
  add(step: number, grown: number, unneeded: number, evicted = 0): void {
    const entry = this.entries;
    if (entry === this.steps.length) this.#enlarge();
    this.steps[entry] = step;
    this.grown[entry] = grown;
    this.unneeded[entry] = unneeded;
    this.evicted[entry] = evicted;
    this.entries = entry + 1;
    this.grownTotal += grown;
    this.unneededTotal += unneeded;
  }

  #enlarge(): void {
    const length = 2 * this.steps.length;
    this.steps = enlargedIntegers(this.steps, length);
    this.grown = enlargedIntegers(this.grown, length);
    this.unneeded = enlargedIntegers(this.unneeded, length);
    this.evicted = enlargedIntegers(this.evicted, length);
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth();
