import { displayWidth, shorten } from "../report/escape.ts";
import type { Output } from "./output.ts";

/** Draws how far a simulation is, on one line that it rewrites. */
export interface Progress {
  /** `total` is null where the number of requests is not known beforehand. */
  update(done: number, total: number | null, label: string): void;
  /** Removes the line. */
  clear(): void;
}

const BAR_CELLS = 20;
/** Goes up to the start of the line above and erases it (ECMA-48). */
const ERASE_LINE = "\u001b[A\r\u001b[K";

/**
 * A progress line on a terminal; nothing elsewhere. Writes only when the text changes. The cursor stays below the line, so that whatever
 * comes after an interrupt, of which a run hears nothing while it computes, does not stand beside it.
 */
export function progressLine(output: Output): Progress {
  let drawn = "";
  const draw = (whole: string) => {
    // A line that wraps could not be erased.
    const text = displayWidth(whole) < output.width ? whole : shorten(whole, output.width - 1);
    if (text === drawn) return;
    output.err(`${drawn === "" ? "" : ERASE_LINE}${text}${text === "" ? "" : "\n"}`);
    drawn = text;
  };
  if (!output.interactive) return { update: () => undefined, clear: () => undefined };
  return {
    update: (done, total, label) => draw(progressText(done, total, label)),
    clear: () => draw(""),
  };
}

/** `█████░░░░░  50 %  label`, or a count where there is no total. */
export function progressText(done: number, total: number | null, label: string): string {
  if (total === null || total === 0) return `${roundedCount(done)} requests  ${label}`;
  const part = Math.min(1, done / total);
  const full = Math.floor(part * BAR_CELLS);
  const bar = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${label}`;
}

/** Hundreds are enough to see it move. */
function roundedCount(count: number): number {
  return Math.floor(count / 100) * 100;
}
