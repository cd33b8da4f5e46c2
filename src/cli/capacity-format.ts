import type { Axis } from "../capacity/axis.ts";
import { decimalsFor, fixed, plusMinus } from "../report/format.ts";
import type { Estimate } from "../report/summary.ts";

/** What is smaller is written with an exponent, where three decimals would leave nothing of it. */
const SMALL = 0.001;

/** A number with at least two of its digits, however small it is. */
export function valueText(value: number): string {
  return isSmall(value) ? value.toExponential(1) : fixed(value, decimalsOf(value));
}

/** The same with its interval. */
export function estimateText({ mean, halfWidth }: Estimate): string {
  if (mean === null || !isSmall(mean))
    return plusMinus({ mean, halfWidth }, mean === null ? 0 : decimalsOf(mean));
  const interval = halfWidth === null || halfWidth === 0 ? "" : ` ± ${valueText(halfWidth)}`;
  return valueText(mean) + interval;
}

function isSmall(value: number): boolean {
  return value > 0 && value < SMALL;
}

function decimalsOf(value: number): number {
  return value > 0 && value < 10 * SMALL ? 4 : decimalsFor([value]);
}

/** A load as a number: users, slots and GPUs are whole. */
export function loadText(load: number, { whole }: Axis): string {
  return whole ? fixed(load, 0) : valueText(load);
}

/** `1 user`, `2 users`, `0.500 1/s`. */
export function amount(load: number, axis: Axis): string {
  const unit = axis.whole && load === 1 ? axis.unit.replace(/s$/, "") : axis.unit;
  return `${loadText(load, axis)} ${unit}`;
}
