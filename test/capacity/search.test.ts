import fc from "fast-check";
import { expect, it } from "vitest";
import { findEdge, TOLERANCE } from "../../src/capacity/search.ts";

const range = { start: 3, least: 3 / 1024, most: 3 * 1024, whole: false } as const;

it("the search finds the edge of any monotone predicate to its tolerance, on the right side", async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.01, max: 3000, noNaN: true }), async (edge) => {
      const largest = await findEdge(async (x) => x <= edge, { ...range, seek: "largest" });
      expect(largest.inside!).toBeLessThanOrEqual(edge);
      expect(largest.outside!).toBeGreaterThan(edge);
      expect(largest.outside! - largest.inside!).toBeLessThanOrEqual(TOLERANCE * largest.inside!);
      const smallest = await findEdge(async (x) => x >= edge, { ...range, seek: "smallest" });
      expect(smallest.inside!).toBeGreaterThanOrEqual(edge);
      expect(smallest.outside!).toBeLessThan(edge);
    }),
  );
});

it("whole numbers are found exactly, powers of two among themselves", async () => {
  const whole = { start: 5, least: 1, most: 100, whole: true, seek: "smallest" } as const;
  expect(await findEdge(async (x) => x >= 37, whole)).toEqual({ inside: 37, outside: 36 });
  const sizes = {
    start: 1,
    least: 1,
    most: 64,
    whole: true,
    seek: "smallest",
    tolerance: 1,
  } as const;
  expect(await findEdge(async (x) => x >= 5, sizes)).toEqual({ inside: 8, outside: 4 });
});

it("a predicate that never or always holds says so", async () => {
  const seek = "largest";
  expect((await findEdge(async () => false, { ...range, seek })).inside).toBeNull();
  expect(await findEdge(async () => true, { ...range, seek })).toEqual({
    inside: range.most,
    outside: null,
  });
});
