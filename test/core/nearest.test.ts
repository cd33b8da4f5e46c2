import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "../../src/core/nearest.ts";

const word = fc.string({ maxLength: 6, unit: fc.constantFrom("a", "b", "c") });

/** The definition, by recursion. */
function slowDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return slowDistance(restA, restB);
  return 1 + Math.min(slowDistance(restA, b), slowDistance(a, restB), slowDistance(restA, restB));
}

test("the edit distance is that of its definition, as far as it is counted", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      if (Math.abs(a.length - b.length) <= 3) expect(distance).toBe(slowDistance(a, b));
      else expect(distance).toBeGreaterThan(3);
    }),
  );
});

test("a slip is mended, a different word is not", () => {
  const known = ["blockSize", "watermark", "reserve"];
  expect(nearest("blokSize", known)).toBe("blockSize");
  expect(nearest("BLOCKSIZE", known)).toBe("blockSize");
  expect(nearest("rate", ["trace"])).toBeNull();
  expect(nearest("", known)).toBeNull();
});
