/**
 * `value` as Python's `%.2f` prints it. Both languages round the exact value of the double; of two equally near
 * hundredths Python takes the even one and JavaScript the larger.
 */
export function twoDecimals(value: number): string {
  const eighths = value * 8;
  const isTie = Number.isInteger(eighths) && eighths % 2 !== 0;
  if (!isTie) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}

/** `value` as Python's `round(value, 2)` prints: no more digits than needed, but at least one (`16.0`). */
export function rounded(value: number): string {
  return twoDecimals(value).replace(/0$/, "");
}

/** A whole number with commas between thousands (Python's `{:,}`). */
export function grouped(value: number): string {
  return String(value).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ",");
}
