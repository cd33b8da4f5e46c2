import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/random.ts";

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

describe("a random stream", () => {
  it("is the same for the same seed and name", () => {
    expect(take(100, randomStream(7, "lengths"))).toEqual(take(100, randomStream(7, "lengths")));
  });

  it("differs from every other stream, and has no correlation with it", () => {
    const count = 100_000;
    const reference = take(count, randomStream(7, "lengths"));
    for (const [seed, name] of [
      [7, "arrivals"],
      [8, "lengths"],
      [7, "lengths2"],
    ] as const) {
      const other = take(count, randomStream(seed, name));
      const product = reference.reduce((sum, x, i) => sum + (x - 0.5) * (other[i]! - 0.5), 0);
      expect(Math.abs((12 * product) / count)).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  it("is not moved by draws from another", () => {
    const alone = take(10, randomStream(7, "lengths"));
    const stream = randomStream(7, "lengths");
    const neighbour = randomStream(7, "arrivals");
    expect(
      take(10, () => {
        neighbour();
        return stream();
      }),
    ).toEqual(alone);
  });

  it("fills [0, 1) evenly", () => {
    const counts = new Array<number>(100).fill(0);
    const draw = randomStream(1, "even");
    for (let i = 0; i < 1_000_000; i++) counts[Math.floor(draw() * 100)]!++;
    const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeGreaterThan(60);
    expect(chiSquare).toBeLessThan(150);
  });
});
