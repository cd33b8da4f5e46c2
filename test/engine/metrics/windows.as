// What the tests of metrics read of integrals and of windows over them.
import { Integrals } from "./engine/metrics/integrals";
import { Windows } from "./engine/metrics/windows";

export function sums(integrals: Integrals): StaticArray<f64> {
  return integrals.sums;
}

export function carried(integrals: Integrals): StaticArray<f64> {
  return integrals.carried;
}

export function windowFrom(windows: Windows): Integrals {
  return windows.from;
}

export function windowUntil(windows: Windows): Integrals {
  return windows.until;
}

export function windowEndNs(windows: Windows): f64 {
  return windows.windowEnd.ns;
}
