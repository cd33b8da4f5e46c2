import { enlarged } from "./columns";

/**
 * Fields of a run of sequences that are given room one after the other: in which step of a series, how many they are, how many of the
 * rooms held content until then, and where in somebody's column the run begins. Several runs lie in one column.
 */
export const STEP: i32 = 0;
export const COUNT: i32 = 1;
export const EVICTED: i32 = 2;
export const FROM: i32 = 3;
export const BITS: i32 = 2;

/**
 * What was handed out at the beginnings of a series' steps. Step j begins after `first`·j + `growth`·j·(j − 1) / 2, so that two sums
 * tell Σ amount × the time until then, whatever the steps' durations are.
 */
@final
export class HandedOut {
  total: f64 = 0;
  /** Σ amount × step, and Σ amount × step · (step − 1) / 2. */
  linear: f64 = 0;
  square: f64 = 0;
  /** What of the total has yet to be handed out, and is in neither. */
  later: f64 = 0;

  @inline
  clear(): void {
    this.total = 0;
    this.linear = 0;
    this.square = 0;
    this.later = 0;
  }

  /** `amount` is handed out in `step`. */
  @inline
  add(amount: f64, step: f64): void {
    this.total += amount;
    this.linear += amount * step;
    this.square += 0.5 * amount * step * (step - 1);
  }

  /** `amount` has yet to be handed out. */
  @inline
  addLater(amount: f64): void {
    this.total += amount;
    this.later += amount;
  }
}

/**
 * How many sequences were given room to decode on, step by step through a series of iterations, each time as much as the allocator gives
 * at once. Kept in columns that are used again: with a large batch every iteration has a run.
 */
@final
export class Growth {
  /** Rooms, one for each sequence that was given one; summed up by {@link sum}. */
  readonly grown: HandedOut = new HandedOut();
  /** Slots of them that will never be written. */
  readonly unneeded: HandedOut = new HandedOut();
  /** Rooms that held cached content until then; summed up by {@link sum}. */
  readonly evicted: HandedOut = new HandedOut();
  /** The runs, of which only the first {@link count} count; replaced when {@link makeRoom} needs more. */
  runs: StaticArray<i32> = new StaticArray<i32>(64 << BITS);
  count: i32 = 0;
  /** What is not needed: the slots, and the step, one behind the other. */
  private losses: StaticArray<i32> = new StaticArray<i32>(16);
  private lossEnd: i32 = 0;

  clear(): void {
    this.count = 0;
    this.lossEnd = 0;
    this.grown.clear();
    this.unneeded.clear();
    this.evicted.clear();
  }

  /** Makes room for so many runs more. */
  @inline
  makeRoom(more: i32): void {
    const needed = (this.count + more) << BITS;
    if (needed > this.runs.length) this.runs = enlarged(this.runs, 2 * needed);
  }

  /** In `step` so many sequences are given room, those from a place on. */
  add(step: i32, count: i32, from: i32): void {
    this.makeRoom(1);
    const run = this.count << BITS;
    this.runs[run + STEP] = step;
    this.runs[run + COUNT] = count;
    this.runs[run + EVICTED] = 0;
    this.runs[run + FROM] = from;
    this.count += 1;
  }

  /**
   * Who was given room by the runs from number `first` on needs it again a period later: adds runs for the steps before `beyond`, for which
   * there is room.
   */
  repeat(first: i32, period: i32, beyond: i32): void {
    const runs = this.runs;
    let end = this.count << BITS;
    for (let before = first << BITS; before < end; before += 1 << BITS) {
      const step = runs[before + STEP] + period;
      if (step >= beyond) break;
      runs[end + STEP] = step;
      runs[end + COUNT] = runs[before + COUNT];
      runs[end + EVICTED] = 0;
      runs[end + FROM] = runs[before + FROM];
      end += 1 << BITS;
    }
    this.count = end >> BITS;
  }

  /** Of what is given in `step`, so many slots will never be written. */
  lose(step: i32, slots: i32): void {
    const at = this.lossEnd;
    if (at === this.losses.length) this.losses = enlarged(this.losses, 2 * at);
    this.losses[at] = slots;
    this.losses[at + 1] = step;
    this.lossEnd = at + 2;
    this.unneeded.add(slots, step);
  }

  /** All runs are there, and who gives the room has done so. */
  sum(): void {
    const runs = this.runs;
    const evicted = this.evicted;
    const end = this.count << BITS;
    let total: f64 = 0;
    let linear: f64 = 0;
    let square: f64 = 0;
    evicted.clear();
    for (let run = 0; run < end; run += 1 << BITS) {
      const count: f64 = runs[run + COUNT];
      const step: f64 = runs[run + STEP];
      const content = runs[run + EVICTED];
      total += count;
      linear += count * step;
      square += 0.5 * count * step * (step - 1);
      if (content > 0) evicted.add(content, step);
    }
    this.grown.clear();
    this.grown.total = total;
    this.grown.linear = linear;
    this.grown.square = square;
  }

  /** Becomes what `whole` was at the beginning of `step`, when what it has behind that had yet to be handed out. */
  takeUntil(step: i32, whole: Growth): void {
    this.grown.clear();
    this.unneeded.clear();
    this.evicted.clear();
    const runs = whole.runs;
    for (let run = 0; run < whole.count << BITS; run += 1 << BITS) {
      addUntil(this.grown, step, runs[run + COUNT], runs[run + STEP]);
      addUntil(this.evicted, step, runs[run + EVICTED], runs[run + STEP]);
    }
    const losses = whole.losses;
    for (let loss = 0; loss < whole.lossEnd; loss += 2)
      addUntil(this.unneeded, step, losses[loss], losses[loss + 1]);
  }
}

/** Adds what is handed out in step `at` as it was at the beginning of `step`. */
function addUntil(sums: HandedOut, step: i32, amount: f64, at: i32): void {
  if (at > step) sums.addLater(amount);
  else sums.add(amount, at);
}
