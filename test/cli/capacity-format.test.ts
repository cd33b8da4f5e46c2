import { expect, test } from "vitest";
import type { Axis } from "../../src/capacity/axis.ts";
import { amount, estimateText, valueText } from "../../src/cli/capacity-format.ts";

test.each([
  [0, "0.0"],
  [1234.5, "1,235"],
  [12.34, "12.3"],
  [1.234, "1.23"],
  [0.1234, "0.123"],
  [0.0123, "0.012"],
  [0.00123, "0.0012"],
  [0.000123, "1.2e-4"],
  [0.0000001, "1.0e-7"],
])("%f is written with two of its digits at least: %s", (value, text) => {
  expect(valueText(value)).toBe(text);
});

test("a mean and its interval are written alike", () => {
  expect(estimateText({ mean: 1.5, halfWidth: 0.25 })).toBe("1.50 ± 0.25");
  expect(estimateText({ mean: 0.0042, halfWidth: 0.0002 })).toBe("0.0042 ± 0.0002");
  expect(estimateText({ mean: 2e-6, halfWidth: 3e-7 })).toBe("2.0e-6 ± 3.0e-7");
  expect(estimateText({ mean: 2e-6, halfWidth: 0 })).toBe("2.0e-6");
  expect(estimateText({ mean: null, halfWidth: null })).toBe("–");
});

test.each([
  ["GPUs", true, 1, "1 GPU"],
  ["slots", true, 8388608, "8,388,608 slots"],
  ["1/s", false, 1, "1.00 1/s"],
  ["1/s", false, 3072, "3,072 1/s"],
  ["1/s", false, 0.0078125, "0.0078 1/s"],
] as const)("%s, whole %s: %d is %s", (unit, whole, load, text) => {
  expect(amount(load, { unit, whole } as Axis)).toBe(text);
});
