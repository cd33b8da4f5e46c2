/** Bytes that are known, or the best guess between bounds and what moves it. */
export interface Estimate {
  readonly bytes: number;
  readonly low: number;
  readonly high: number;
  /** What decides where in the range it lies; null where there is none. */
  readonly driver: string | null;
}

/** Bytes without a range. */
export function known(bytes: number): Estimate {
  return { bytes, low: bytes, high: bytes, driver: null };
}

/** Bytes with their range, and what decides. */
export function between(low: number, bytes: number, high: number, driver: string): Estimate {
  return { low, bytes, high, driver };
}

/** The sum; all parts at their bounds at once. */
export function total(parts: readonly Estimate[]): Estimate {
  const add = (key: "bytes" | "low" | "high") => parts.reduce((sum, part) => sum + part[key], 0);
  const drivers = parts.flatMap(({ driver }) => driver ?? []);
  const driver = drivers.length === 0 ? null : drivers.join("; ");
  return { bytes: add("bytes"), low: add("low"), high: add("high"), driver };
}

/** Bytes of a MiB. */
export const MIB = 2 ** 20;
/** Bytes of a GiB. */
export const GIB = 2 ** 30;
