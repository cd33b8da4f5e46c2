import { enlargedIntegers } from "./columns.ts";
import { DOUBLE } from "./double.ts";

/**
 * A run of sequences that are given room one after the other: in which step of a series, how many they are, how many of the rooms held
 * content until then, and where in somebody's column the run begins. Several runs lie in one column.
 */
export const RUN = { STEP: 0, COUNT: 1, EVICTED: 2, FROM: 3, BITS: 2 } as const;

const { STEP, COUNT, EVICTED, FROM, BITS } = RUN;

/** Those of a column who are in its {@link RUN}s from number `from` on to before `until`, in order. */
export function* inRuns(
  column: Int32Array,
  runs: Int32Array,
  from: number,
  until: number,
): Generator<number> {
  for (let run = from << BITS; run < until << BITS; run += 1 << BITS) {
    const first = runs[run | FROM]!;
    yield* column.subarray(first, first + runs[run | COUNT]!);
  }
}

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
  add(amount: number, step: number, isToCome = false): void {
    this.total += amount;
    if (isToCome) {
      this.later += amount;
      return;
    }
    this.linear += amount * step;
    this.square += 0.5 * amount * step * (step - 1);
  }
}

/**
 * How many sequences were given room to decode on, step by step through a series of iterations, each time as much as the allocator gives
 * at once. Kept in columns that are used again: with a large batch every iteration has a run.
 */
export class Growth {
  /** Rooms, one for each sequence that was given one; summed up by {@link sum}. */
  readonly grown = new HandedOut();
  /** Slots of them that will never be written. */
  readonly unneeded = new HandedOut();
  /** Rooms that held cached content until then; summed up by {@link sum}. */
  readonly evicted = new HandedOut();
  /** The {@link RUN}s, of which only the first {@link count} count; replaced when {@link makeRoom} needs more. */
  runs = new Int32Array(64 << BITS);
  count = 0;
  /** What is not needed: the slots, and the step, one behind the other. */
  #losses = new Int32Array(16);
  #lossEnd = 0;

  clear(): void {
    if (this.count === 0) return;
    this.count = 0;
    this.grown.clear();
    if (this.#lossEnd > 0) this.unneeded.clear();
    this.#lossEnd = 0;
    if (this.evicted.total > 0) this.evicted.clear();
  }

  /** Makes room for so many runs more. */
  makeRoom(more: number): void {
    const needed = (this.count + more) << BITS;
    if (needed > this.runs.length) this.runs = enlargedIntegers(this.runs, 2 * needed);
  }

  /** In `step` so many sequences are given room, those from a place on. */
  add(step: number, count: number, from: number): void {
    this.makeRoom(1);
    const run = this.count << BITS;
    this.runs[run | STEP] = step;
    this.runs[run | COUNT] = count;
    this.runs[run | EVICTED] = 0;
    this.runs[run | FROM] = from;
    this.count += 1;
  }

  /** Of what is given in `step`, so many slots will never be written. */
  lose(step: number, slots: number): void {
    const at = this.#lossEnd;
    if (at === this.#losses.length) this.#losses = enlargedIntegers(this.#losses, 2 * at);
    this.#losses[at] = slots;
    this.#losses[at + 1] = step;
    this.#lossEnd = at + 2;
    this.unneeded.add(slots, step);
  }

  /** All runs are there, and who gives the room has done so. */
  sum(): void {
    const { runs, grown } = this;
    const end = this.count << BITS;
    let total = 0;
    let linear = 0;
    let square = 0;
    this.evicted.clear();
    for (let run = 0; run < end; run = (run + (1 << BITS)) | 0) {
      const count = runs[run | COUNT]!;
      const step = runs[run | STEP]!;
      const evicted = runs[run | EVICTED]!;
      // Half of it is no whole number to V8, which then does not look out for overflows.
      const half = 0.5 * count * step;
      total = (total + count) | 0;
      linear += half + half;
      square += half * (step - 1);
      if (evicted > 0) this.evicted.add(evicted, step);
    }
    grown.total = total;
    grown.linear = linear;
    grown.square = square;
  }

  /** Becomes what `whole` was at the beginning of `step`, when what it has behind that had yet to be handed out. */
  takeUntil(step: number, whole: Growth): void {
    this.grown.clear();
    this.unneeded.clear();
    this.evicted.clear();
    for (let run = 0; run < whole.count << BITS; run += 1 << BITS) {
      const at = whole.runs[run | STEP]!;
      this.grown.add(whole.runs[run | COUNT]!, at, at > step);
      this.evicted.add(whole.runs[run | EVICTED]!, at, at > step);
    }
    for (let loss = 0; loss < whole.#lossEnd; loss += 2) {
      const at = whole.#losses[loss + 1]!;
      this.unneeded.add(whole.#losses[loss]!, at, at > step);
    }
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth();
