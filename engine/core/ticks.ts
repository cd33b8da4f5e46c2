/** Ticks from which on they are counted anew, long before they outgrow 32 bits. */
export const MANY_TICKS: i32 = 1 << 30;

/**
 * How many of the ticks that have passed can be forgotten by those who know them by their remainders only: by a ring, whose length is a
 * power of two, and by a period ≥ 0. It may be none where both are very long.
 */
export function ticksToForget(tick: i32, ring: i32, period: i32): i32 {
  // Their least common multiple.
  const both = <i64>ring * <i64>(period === 0 ? 1 : period >> min(ctz(period), ctz(ring)));
  return both > <i64>tick ? 0 : tick - <i32>(<i64>tick % both);
}
