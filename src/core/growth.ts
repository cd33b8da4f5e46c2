import { enlargedIntegers } from "./columns.ts";
import { DOUBLE } from "./double.ts";

/** An entry's numbers: the amount, the step in which it is handed out first, and how many times it is. */
const ENTRY = 3;

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
  /** Steps until the same is handed out again. */
  #period = DOUBLE;
  /** Kept in a list that is used again; only the first {@link #length} count. */
  #entries = new Int32Array(16 * ENTRY);
  #length = 0;

  constructor(period: number) {
    this.#period = period;
    this.clear();
  }

  clear(): void {
    this.#length = 0;
    this.total = 0;
    this.linear = 0;
    this.square = 0;
    this.later = 0;
  }

  /** `amount` is handed out in `step`, and again every period, so many times in all. */
  add(amount: number, step: number, times = 1): void {
    const at = this.#length;
    if (at === this.#entries.length) this.#enlarge();
    const entries = this.#entries;
    entries[at] = amount;
    entries[at + 1] = step;
    entries[at + 2] = times;
    this.#length = at + ENTRY;
    this.total += amount * times;
    this.#sum(amount, step, times);
  }

  /** Becomes what `whole` was at the beginning of `step`, when what it has behind that had yet to be handed out. */
  takeUntil(step: number, whole: HandedOut): void {
    this.clear();
    const entries = whole.#entries;
    for (let at = 0; at < whole.#length; at += ENTRY) {
      const amount = entries[at]!;
      const first = entries[at + 1]!;
      const times = entries[at + 2]!;
      const passed = Math.max(0, Math.floor((step - first) / this.#period) + 1);
      const been = Math.min(passed, times);
      this.total += amount * times;
      this.later += amount * (times - been);
      this.#sum(amount, first, been);
    }
  }

  #sum(amount: number, step: number, times: number): void {
    // Half the amount is no whole number to V8, which then does not look out for overflows.
    const half = 0.5 * amount * times * step;
    this.linear += half + half;
    this.square += half * (step - 1);
    if (times > 1) this.#sumRepeats(amount, step, times);
  }

  #enlarge(): void {
    this.#entries = enlargedIntegers(this.#entries, 2 * this.#entries.length);
  }

  /** How much more the sums become because each time but the first comes later than that. */
  #sumRepeats(amount: number, step: number, times: number): void {
    const period = this.#period;
    const periods = 0.5 * times * (times - 1);
    const squares = (periods * (2 * times - 1)) / 3;
    this.linear += amount * period * periods;
    this.square += 0.5 * amount * period * ((2 * step - 1) * periods + period * squares);
  }
}

/** How many sequences were given room to decode on through a series of iterations, each time as much as the allocator gives at once. */
export class Growth {
  /** Rooms, one for each sequence that was given one. */
  readonly grown: HandedOut;
  /** Slots of them that will never be written. */
  readonly unneeded: HandedOut;
  /** Rooms that held cached content until then. */
  readonly evicted: HandedOut;

  /** `period`: iterations until a sequence that was given room needs more. */
  constructor(period: number) {
    this.grown = new HandedOut(period);
    this.unneeded = new HandedOut(period);
    this.evicted = new HandedOut(period);
  }

  clear(): void {
    if (this.grown.total === 0) return;
    this.grown.clear();
    if (this.unneeded.total > 0) this.unneeded.clear();
    if (this.evicted.total > 0) this.evicted.clear();
  }

  /** Becomes what `whole` was at the beginning of `step`. */
  takeUntil(step: number, whole: Growth): void {
    this.grown.takeUntil(step, whole.grown);
    this.unneeded.takeUntil(step, whole.unneeded);
    this.evicted.takeUntil(step, whole.evicted);
  }
}

/** Nobody was given room. */
export const NO_GROWTH = new Growth(1);
