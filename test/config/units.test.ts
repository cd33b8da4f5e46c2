import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BANDWIDTH,
  DURATION,
  expectedQuantity,
  readQuantity,
  SIZE,
} from "../../src/config/units.ts";

const kinds = { SIZE, DURATION, BANDWIDTH };

for (const [name, kind] of Object.entries(kinds)) {
  test(`a number with any unit of ${name} is that many of the unit`, () => {
    const unit = fc.constantFrom(...Object.keys(kind.units));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), unit, fc.constantFrom("", " "), (n, u, gap) => {
        expect(readQuantity(`${n}${gap}${u}`, kind)).toBe(n * kind.units[u]!);
      }),
    );
  });

  test(`whatever ${name} reads is finite, not negative and not above its limit`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (value) => {
        const amount = readQuantity(value, kind);
        if (amount !== null) expect(amount >= 0 && amount <= kind.most).toBe(true);
      }),
    );
  });
}

test("binary and decimal units are told apart", () => {
  expect(readQuantity("12GiB", SIZE)).toBe(12 * 2 ** 30);
  expect(readQuantity("12GB", SIZE)).toBe(12e9);
  expect(readQuantity("1.5 KiB", SIZE)).toBe(1536);
  expect(readQuantity("25GB/s", BANDWIDTH)).toBe(25e9);
});

test("a bare number is seconds, but no size and no rate", () => {
  expect(readQuantity(30, DURATION)).toBe(30);
  expect(readQuantity("2m", DURATION)).toBe(120);
  expect(readQuantity(12, SIZE)).toBeNull();
  expect(readQuantity("25", BANDWIDTH)).toBeNull();
});

test("an unknown unit, a sign, an endless number and a property of Object are refused", () => {
  for (const text of ["12gib", "12 GIGS", "-1GiB", "1e999GiB", "GiB", "", "0x10B", "1constructor"])
    expect(readQuantity(text, SIZE), text).toBeNull();
  expect(readQuantity(Number.NaN, DURATION)).toBeNull();
  expect(readQuantity(-1, DURATION)).toBeNull();
  expect(readQuantity("101d", DURATION)).toBeNull();
  expect(readQuantity(101 * 24 * 3600, DURATION)).toBeNull();
});

test("what was expected is the limit, the units or an example, by what is wrong", () => {
  expect(expectedQuantity("9999TiB", SIZE)).toBe("at most 1024TiB");
  expect(expectedQuantity(101 * 24 * 3600, DURATION)).toBe("at most 2400h (100 days)");
  expect(expectedQuantity("90d", DURATION)).toBe(
    "a time such as 30s (units: ns, us, ms, s, m, min, h)",
  );
  for (const value of [12, "-1GiB", "GiB", null])
    expect(expectedQuantity(value, SIZE)).toBe("a size such as 12GiB");
  expect(expectedQuantity("soon", DURATION)).toBe("a time such as 30s");
});

test("the limit that is told is the limit", () => {
  for (const kind of Object.values(kinds)) {
    const [text] = kind.mostText.split(" ");
    expect(readQuantity(text, kind)).toBe(kind.most);
  }
});
