import type { Estimate } from "./summary.ts";

/** What stands where there is no value. */
export const NOTHING = "–";

/** A number with that many decimals and commas between thousands; {@link NOTHING} for null. */
export function fixed(value: number | null, decimals: number): string {
  if (value === null) return NOTHING;
  const rounded = value.toFixed(decimals);
  const unsigned = Number(rounded) === 0 ? rounded.replace("-", "") : rounded;
  const [whole = "", fraction] = unsigned.split(".");
  const grouped = whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `mean ± half width`, both times `scale`; the mean alone where the seeds agree exactly. */
export function plusMinus({ mean, halfWidth }: Estimate, decimals: number, scale = 1): string {
  if (mean === null) return NOTHING;
  const centre = fixed(mean * scale, decimals);
  return halfWidth === null || halfWidth === 0
    ? centre
    : `${centre} ± ${fixed(halfWidth * scale, decimals)}`;
}

/** Decimals (0 … 3) that show at least two digits of the smallest value other than 0. */
export function decimalsFor(values: readonly (number | null)[]): number {
  const sizes = values.map((value) => Math.abs(value ?? 0)).filter((size) => size > 0);
  if (sizes.length === 0) return 1;
  const smallest = Math.min(...sizes);
  if (smallest >= 100) return 0;
  if (smallest >= 10) return 1;
  return smallest >= 1 ? 2 : 3;
}

/** Bytes in units of 2³⁰, to one decimal. */
export function gibibytes(bytes: number): string {
  return `${fixed(bytes / 2 ** 30, 1)} GiB`;
}

/** `1 request`, `2 requests`. */
export function counted(count: number, noun: string): string {
  return `${fixed(count, 0)} ${noun}${count === 1 ? "" : "s"}`;
}
