/**
 * Who was given room to decode on, step by step through a series of iterations, each time as much as its allocator gives at once.
 * Kept in columns that are used again: with a large batch every iteration has an entry.
 */
export class Growth {
  /** The sequences in the order in which they were given room; only the first {@link count} count. */
  sequences = new Int32Array(256);
  count = 0;
  /** Steps in which somebody was given room; the columns below have an entry for each. */
  entries = 0;
  /** The step, how many sequences it was, and how many of the slots will never be written. */
  steps = new Int32Array(256);
  grown = new Int32Array(256);
  unneeded = new Int32Array(256);
  unneededTotal = 0;

  clear(): void {
    this.count = 0;
    this.entries = 0;
    this.unneededTotal = 0;
  }

  /** What is added from now on belongs to `step`. */
  beginStep(step: number): void {
    if (this.entries === this.steps.length) {
      this.steps = enlarged(this.steps);
      this.grown = enlarged(this.grown);
      this.unneeded = enlarged(this.unneeded);
    }
    this.steps[this.entries] = step;
    this.grown[this.entries] = 0;
    this.unneeded[this.entries] = 0;
    this.entries += 1;
  }

  add(sequence: number, unneeded: number): void {
    if (this.count === this.sequences.length) this.sequences = enlarged(this.sequences);
    this.sequences[this.count] = sequence;
    this.count += 1;
    const entry = this.entries - 1;
    this.grown[entry]! += 1;
    if (unneeded === 0) return;
    this.unneeded[entry]! += unneeded;
    this.unneededTotal += unneeded;
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth();

function enlarged(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(2 * column.length);
  copy.set(column);
  return copy;
}
