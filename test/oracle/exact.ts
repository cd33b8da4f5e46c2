const TICK_BITS = 20n;
const NANOSECONDS = 1e9;

/** A real number of nanoseconds ≥ 0, rounded to the nearest tick. */
export function ticksOfReal(ns: number): bigint {
  const whole = Math.floor(ns);
  return ticksOfNs(whole) + BigInt(Math.round((ns - whole) * 2 ** Number(TICK_BITS)));
}

export function ticksOfNs(ns: number): bigint {
  return BigInt(ns) << TICK_BITS;
}

export function visibleNs(ticks: bigint): number {
  return Number(ticks >> TICK_BITS);
}

/** Seconds of an exact duration. */
export function secondsOf(ticks: bigint): number {
  const fraction = Number(ticks - ticksOfNs(visibleNs(ticks))) / 2 ** Number(TICK_BITS);
  return (visibleNs(ticks) + fraction) / NANOSECONDS;
}

/** How much of [from, to] lies in [low, high]. */
export function overlap(from: bigint, to: bigint, low: bigint, high: bigint): bigint {
  const start = from > low ? from : low;
  const end = to < high ? to : high;
  return end > start ? end - start : 0n;
}
