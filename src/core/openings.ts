import { enlargedIntegers } from "./columns.ts";
import type { Growth } from "./growth.ts";

const FIRST_CAPACITY = 64;

/** Who opens a block in which step of a series that is about to run: what the pool hands out in one go, and then tells of. */
export class Openings {
  /** Openers, step after step in the order in which they are served; only the first {@link count} count. */
  openers = new Int32Array(FIRST_CAPACITY);
  count = 0;
  /** Steps in which somebody opens a block; the columns below have an entry for each. */
  entries = 0;
  /** The step, how many openers it has, how many of their new slots will never be written, and how many of their blocks held content. */
  steps = new Int32Array(FIRST_CAPACITY);
  opened = new Int32Array(FIRST_CAPACITY);
  unneeded = new Int32Array(FIRST_CAPACITY);
  evicted = new Int32Array(FIRST_CAPACITY);

  clear(): void {
    this.count = 0;
    this.entries = 0;
  }

  /** In `step`, later than those before, the first `count` of `openers` open a block each; `unneeded` slots of these will never be written. */
  add(step: number, openers: Int32Array, count: number, unneeded: number): void {
    const entry = this.entries;
    if (entry === this.steps.length) this.#enlarge();
    this.steps[entry] = step;
    this.opened[entry] = count;
    this.unneeded[entry] = unneeded;
    this.entries = entry + 1;
    const told = this.count;
    if (told + count > this.openers.length)
      this.openers = enlargedIntegers(this.openers, 2 * (told + count));
    for (let at = 0; at < count; at += 1) this.openers[told + at] = openers[at]!;
    this.count = told + count;
  }

  /** Tells what was handed out, once the pool has said what it evicted. */
  tell(growth: Growth): void {
    for (let entry = 0; entry < this.entries; entry += 1)
      growth.add(
        this.steps[entry]!,
        this.opened[entry]!,
        this.unneeded[entry]!,
        this.evicted[entry]!,
      );
  }

  #enlarge(): void {
    const length = 2 * this.steps.length;
    this.steps = enlargedIntegers(this.steps, length);
    this.opened = enlargedIntegers(this.opened, length);
    this.unneeded = enlargedIntegers(this.unneeded, length);
    this.evicted = enlargedIntegers(this.evicted, length);
  }
}
