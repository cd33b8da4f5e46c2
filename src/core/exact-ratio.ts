const RATIO_BITS = 80n;

/** `numerator` / `denominator` as a double, the same on every machine; null when the denominator is 0. Both ≥ 0. */
export function exactRatio(numerator: bigint, denominator: bigint): number | null {
  if (denominator === 0n) return null;
  return Number((numerator << RATIO_BITS) / denominator) / 2 ** Number(RATIO_BITS);
}
