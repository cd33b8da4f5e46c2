/** How a figure is written. */
export const formats = {
  /** Amounts and rates: `9.5`, `950`, `45.6 k`, `1.23 M`. */
  count: (value: number): string => {
    if (value < 999.5) return digits(value);
    return value < 999_500 ? `${digits(value / 1e3)} k` : `${digits(value / 1e6)} M`;
  },
  /** How many times as much: `3.4×`. */
  times: (value: number): string =>
    `${value < 9.95 ? value.toFixed(1) : value < 1000 ? value.toFixed(0) : digits(value)}×`,
  /** The change against an earlier figure: `1.03×`. */
  change: (value: number): string => `${value.toFixed(2)}×`,
  whole: (value: number): string => value.toFixed(0),
  /** For numbers that are small or carry a fraction. */
  three: (value: number): string => digits(value),
} as const;

/** A way to write a figure, by name, so that a report in JSON can be written again. */
export type FormatName = keyof typeof formats;

/** Three significant digits of a number below 1000. */
function digits(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
