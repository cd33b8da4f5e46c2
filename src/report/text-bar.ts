import { NOTHING } from "./format.ts";
import { POOL_PARTS } from "./parts.ts";

/**
 * `width` cells shared out in proportion to `shares` (each ≥ 0, some > 0): they always add up to `width`, and none is
 * off by a whole cell (largest remainders; of equal ones the first gets the cell).
 */
export function apportion(shares: readonly number[], width: number): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (share / total) * width);
  const cells = exact.map(Math.floor);
  const missing = width - cells.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) cells[index] = (cells[index] ?? 0) + 1;
  return cells;
}

/** Where the pool goes as `width` glyphs; `paint` colours a run of them. */
export function textBar(
  shares: readonly number[] | null,
  width: number,
  paint: (text: string, ansi: string) => string,
): string {
  if (shares === null || shares.every((share) => share <= 0)) return NOTHING.padEnd(width);
  const cells = apportion(shares, width);
  return POOL_PARTS.map(({ glyph, ansi }, index) =>
    paint(glyph.repeat(cells[index] ?? 0), ansi),
  ).join("");
}
