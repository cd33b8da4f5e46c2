import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedNumbers } from "../../../src/allocators/placement/sorted-numbers.ts";

it("finds what a sorted array finds, over many chunks", () => {
  const numbers = fc.uniqueArray(fc.nat(10_000), { maxLength: 3000, size: "max" });
  fc.assert(
    fc.property(numbers, fc.nat(3000), fc.array(fc.nat(11_000)), (added, deleted, bounds) => {
      const sorted = new SortedNumbers();
      for (const number of added) sorted.add(number);
      for (const number of added.slice(0, deleted)) sorted.delete(number);
      const left = added.slice(deleted).sort((a, b) => a - b);
      expect(sorted.last).toBe(left.at(-1) ?? null);
      for (const bound of bounds)
        expect(sorted.firstAtLeast(bound)).toBe(left.find((number) => number >= bound) ?? null);
    }),
    { numRuns: 50 },
  );
});

it("crashes when a number is taken out that is not there", () => {
  const sorted = new SortedNumbers();
  sorted.add(7);
  expect(() => sorted.delete(6)).toThrow("6 is not in the set");
});
