/** A kind of quantity that a config writes with a unit. */
export interface QuantityKind {
  /** What an error says was expected. */
  readonly expected: string;
  /** How much one of each unit is, in the base unit. */
  readonly units: Readonly<Record<string, number>>;
  /** What a number without a unit counts; null where a unit must be written. */
  readonly bareUnit: string | null;
  /** The largest amount that means anything, in the base unit, and as an error says it. */
  readonly most: number;
  readonly mostText: string;
}

const KIBI = 1024;

/** Bytes. */
export const SIZE: QuantityKind = {
  expected: "a size such as 12GiB",
  units: {
    B: 1,
    kB: 1e3,
    KiB: KIBI,
    MB: 1e6,
    MiB: KIBI ** 2,
    GB: 1e9,
    GiB: KIBI ** 3,
    TB: 1e12,
    TiB: KIBI ** 4,
  },
  bareUnit: null,
  most: KIBI ** 5,
  mostText: "1024TiB",
};

/** Seconds. Simulated time ends after 104 days (core/time). */
export const DURATION: QuantityKind = {
  expected: "a time such as 30s",
  units: { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 },
  bareUnit: "s",
  most: 100 * 24 * 3600,
  mostText: "2400h (100 days)",
};

/** Bytes per second. */
export const BANDWIDTH: QuantityKind = {
  expected: "a rate such as 25GB/s",
  units: { "MB/s": 1e6, "MiB/s": KIBI ** 2, "GB/s": 1e9, "GiB/s": KIBI ** 3, "TB/s": 1e12 },
  bareUnit: null,
  most: 1e15,
  mostText: "1000TB/s",
};

const NUMBER_AND_UNIT = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([A-Za-z/]*)$/;

/** The amount in the base unit, or null where `value` is no quantity of that kind. Never negative, always finite. */
export function readQuantity(value: unknown, kind: QuantityKind): number | null {
  const [, digits, unit] = NUMBER_AND_UNIT.exec(quantityText(value)) ?? [];
  if (digits === undefined || unit === undefined) return null;
  const name = unit === "" ? kind.bareUnit : unit;
  if (name === null || !Object.hasOwn(kind.units, name)) return null;
  const amount = Number(digits) * kind.units[name]!;
  return amount <= kind.most ? amount : null;
}

/** What would have been read where {@link readQuantity} reads nothing: an amount that is not too large, a unit that there is, or both. */
export function expectedQuantity(value: unknown, kind: QuantityKind): string {
  const [, digits, unit] = NUMBER_AND_UNIT.exec(quantityText(value)) ?? [];
  const name = unit === "" ? kind.bareUnit : unit;
  if (digits === undefined || name == null) return kind.expected;
  if (Object.hasOwn(kind.units, name)) return `at most ${kind.mostText}`;
  return `${kind.expected} (units: ${Object.keys(kind.units).join(", ")})`;
}

function quantityText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}
