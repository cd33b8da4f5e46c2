import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/random.ts";
import { systemPrompts } from "../../src/workload/system-prompts.ts";

const COUNT = 50_000;

/** How often each of the pool was drawn. */
function frequencies(pool: number, zipf: number): number[] {
  const draw = systemPrompts(randomStream(1, "system"), { sharedTokens: 64, pool, zipf });
  const counts = new Array<number>(pool).fill(0);
  for (let i = 0; i < COUNT; i++) counts[draw()[0]!.contentId]! += 1;
  return counts;
}

describe("system prompts", () => {
  it.each([
    [1, 0],
    [8, 0],
    [8, 1],
    [5, 2.5],
    [1, 1],
    [100, 0.8],
  ])("of a pool of %i are drawn with weights 1 / i^%d", (pool, zipf) => {
    const weights = Array.from({ length: pool }, (_, i) => (i + 1) ** -zipf);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    frequencies(pool, zipf).forEach((found, i) => {
      const p = weights[i]! / total;
      expect(Math.abs(found - COUNT * p)).toBeLessThanOrEqual(4.5 * Math.sqrt(COUNT * p * (1 - p)));
    });
  });

  it("are whole segments of their length, and none where nothing is shared", () => {
    const random = randomStream(1, "system");
    expect(systemPrompts(random, { sharedTokens: 64, pool: 1, zipf: 0 })()).toEqual([
      { contentId: 0, offset: 0, length: 64 },
    ]);
    expect(systemPrompts(random, { sharedTokens: 0, pool: 1, zipf: 0 })()).toEqual([]);
  });
});
