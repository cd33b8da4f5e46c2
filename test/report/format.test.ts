import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counted, decimalsFor, fixed, gibibytes, plusMinus } from "../../src/report/format.ts";

describe("fixed", () => {
  it("groups thousands and reads back as the rounded number", () => {
    expect(fixed(1234567.891, 2)).toBe("1,234,567.89");
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const text = fixed(value, 2);
        expect(Number(text.replaceAll(",", ""))).toBe(Number(value.toFixed(2)) || 0);
        expect(text).toMatch(/^-?\d{1,3}(?:,\d{3})*\.\d\d$/);
      }),
    );
  });

  it("shows a dash for what is not there and no sign for nothing", () => {
    expect(fixed(null, 1)).toBe("–");
    expect(fixed(-0.04, 1)).toBe("0.0");
  });
});

describe("plusMinus", () => {
  it("scales mean and interval alike", () => {
    expect(plusMinus({ mean: 0.0312, halfWidth: 0.0004 }, 1, 1000)).toBe("31.2 ± 0.4");
  });

  it("shows no interval where there is none", () => {
    expect(plusMinus({ mean: 7, halfWidth: null }, 1)).toBe("7.0");
    expect(plusMinus({ mean: 7, halfWidth: 0 }, 1)).toBe("7.0");
    expect(plusMinus({ mean: null, halfWidth: null }, 1)).toBe("–");
  });
});

describe("decimalsFor", () => {
  it.each([
    [[1412, 300], 0],
    [[1412, 12], 1],
    [[1412, 1.2], 2],
    [[0.02, 5], 3],
    [[null, 0], 1],
    [[], 1],
  ])("%j shows with %i decimals", (values, decimals) => {
    expect(decimalsFor(values)).toBe(decimals);
  });
});

it("counts things and bytes", () => {
  expect([counted(1, "seed"), counted(7200, "request")]).toEqual(["1 seed", "7,200 requests"]);
  expect(gibibytes(15728 * 819200)).toBe("12.0 GiB");
});
