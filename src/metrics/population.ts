import type { Nanoseconds } from "../core/time.ts";
import type { Windows } from "./windows.ts";

/** Columns of the levels that the engine keeps (engine/metrics/population.ts). */
const PRESENT = 0;
const RUNNING = 1;
const SWAPPED = 2;
const SIBLINGS = 3;

/** How many they are. */
export const POPULATION_COLUMNS = 4;

/** How many requests run (and sequences of them), wait or are swapped out, × ticks. */
export interface Levels {
  readonly running: bigint;
  readonly sequences: bigint;
  readonly waiting: bigint;
  readonly swapped: bigint;
}

/** Level × ticks in the window. */
export function levelsInWindow(windows: Windows): Levels {
  return levelsOf((column) => windows.windowTotal(column));
}

/** Level × ticks in each bin of the timeline, which are at least `widthNs` wide. */
export function levelsInBins(windows: Windows, widthNs: Nanoseconds): Levels[] {
  const bins = windows.finishedBins(widthNs);
  return bins[PRESENT]!.map((_, bin) => levelsOf((column) => bins[column]![bin]!));
}

/** Who waits follows from who is here at all, and there are as many sequences as requests that run but for siblings. */
function levelsOf(total: (column: number) => bigint): Levels {
  const running = total(RUNNING);
  const swapped = total(SWAPPED);
  const sequences = running + total(SIBLINGS);
  return { running, sequences, waiting: total(PRESENT) - running - swapped, swapped };
}
