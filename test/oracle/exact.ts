import type { ExactTime } from "../../src/core/time.ts";

const TICK_BITS = 20n;
const NANOSECONDS = 1e9;

export function ticksOf(time: ExactTime): bigint {
  return ticksOfNs(time.ns) + BigInt(time.ticks);
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
